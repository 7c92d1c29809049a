using System.Globalization;
using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Tests.LeaseModel;

// A test starts this assembly as a process that takes leases: writer NAME STORE RESOURCE SEED MILLISECONDS
return args is ["writer", var name, var path, var resource, var seed, var milliseconds]
    ? await LeaseWriter.RunAsync(
        name,
        targets: 8,
        resource,
        int.Parse(seed, CultureInfo.InvariantCulture),
        clock => new SqliteStore(path, clock) { LeaseDuration = TimeSpan.FromMilliseconds(double.Parse(milliseconds, CultureInfo.InvariantCulture)) })
    : 2;

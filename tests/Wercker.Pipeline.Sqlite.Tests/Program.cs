using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Tests.LeaseModel;

// The lease model starts this assembly as a process that takes leases.
return await LeaseWriter.RunAsync(args, (store, duration, clock) => new SqliteStore(store, clock) { LeaseDuration = duration });

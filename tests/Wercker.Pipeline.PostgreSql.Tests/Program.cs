using Wercker.Pipeline.PostgreSql;
using Wercker.Pipeline.Tests.LeaseModel;

// The lease model starts this assembly as a process that takes leases.
return await LeaseWriter.RunAsync(args, (store, duration, clock) => new PostgreSqlStore(store, clock) { LeaseDuration = duration });

using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Sqlite.Tests;

public sealed class SqliteContractTests
{
    private static readonly string Directory = System.IO.Directory.CreateTempSubdirectory("wercker-contract-").FullName;
    private static int _count;

    private static IEnumerable<ContractRule> JournalRules => new JournalContract(_ => new(Make()), async (journal, _) =>
    {
        var store = (SqliteStore)journal;
        await store.DisposeAsync();
        return new SqliteStore(store.Path);
    }).Rules;

    private static IEnumerable<ContractRule> LockRules => new LockContract(_ => new(Make())).Rules;

    [OneTimeTearDown]
    public static void Remove() => System.IO.Directory.Delete(Directory, true);

    [TestCaseSource(nameof(JournalRules))]
    [CancelAfter(60_000)]
    public Task SqliteStore_EveryRuleOfJournals_Holds(ContractRule rule, CancellationToken cancellationToken) => rule.VerifyAsync(cancellationToken);

    [TestCaseSource(nameof(LockRules))]
    [CancelAfter(60_000)]
    public Task SqliteStore_EveryRuleOfLocks_Holds(ContractRule rule, CancellationToken cancellationToken) => rule.VerifyAsync(cancellationToken);

    private static SqliteStore Make() => new(System.IO.Path.Combine(Directory, $"{Interlocked.Increment(ref _count)}.db"));
}

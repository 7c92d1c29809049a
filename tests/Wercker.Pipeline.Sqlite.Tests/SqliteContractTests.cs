using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Sqlite.Tests;

public sealed class SqliteContractTests
{
    private static readonly string Directory = System.IO.Directory.CreateTempSubdirectory("wercker-contract-").FullName;
    private static int _count;

    private static IEnumerable<ContractRule> Rules => new DeploymentStoreContract(
        _ => new(new SqliteStore(System.IO.Path.Combine(Directory, $"{Interlocked.Increment(ref _count)}.db"))),
        (store, _) => new(new SqliteStore(((SqliteStore)store).Path))).Rules;

    [OneTimeTearDown]
    public static void Remove() => System.IO.Directory.Delete(Directory, true);

    [TestCaseSource(nameof(Rules))]
    [CancelAfter(60_000)]
    public Task SqliteStore_EveryRuleOfStores_Holds(ContractRule rule, CancellationToken cancellationToken) => rule.VerifyAsync(cancellationToken);
}

using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.PostgreSql.Tests;

public sealed class PostgreSqlContractTests
{
    private static IEnumerable<ContractRule> JournalRules
    {
        get
        {
            var connection = string.Empty;
            return new JournalContract(
                async _ => new PostgreSqlStore(connection = await Server.MakeSchemaAsync()),
                async (journal, _) =>
                {
                    await ((PostgreSqlStore)journal).DisposeAsync();
                    return new PostgreSqlStore(connection);
                }).Rules;
        }
    }

    private static IEnumerable<ContractRule> LockRules => new LockContract(async _ => new PostgreSqlStore(await Server.MakeSchemaAsync())).Rules;

    [TestCaseSource(nameof(JournalRules))]
    [CancelAfter(60_000)]
    public Task PostgreSqlStore_EveryRuleOfJournals_Holds(ContractRule rule, CancellationToken cancellationToken) => rule.VerifyAsync(cancellationToken);

    [TestCaseSource(nameof(LockRules))]
    [CancelAfter(60_000)]
    public Task PostgreSqlStore_EveryRuleOfLocks_Holds(ContractRule rule, CancellationToken cancellationToken) => rule.VerifyAsync(cancellationToken);
}

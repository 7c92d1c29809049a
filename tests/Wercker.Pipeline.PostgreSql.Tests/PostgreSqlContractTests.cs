using System.Collections.Concurrent;
using Wercker.Pipeline.Stores;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.PostgreSql.Tests;

public sealed class PostgreSqlContractTests
{
    private static readonly ConcurrentDictionary<IDeploymentStore, string> Connections = new();

    private static IEnumerable<ContractRule> Rules => new DeploymentStoreContract(
        async _ =>
        {
            var connection = await Server.MakeSchemaAsync();
            var store = new PostgreSqlStore(connection);
            Connections[store] = connection;
            return store;
        },
        (store, _) => new(new PostgreSqlStore(Connections[store]))).Rules;

    [TestCaseSource(nameof(Rules))]
    [CancelAfter(60_000)]
    public Task PostgreSqlStore_EveryRuleOfStores_Holds(ContractRule rule, CancellationToken cancellationToken) => rule.VerifyAsync(cancellationToken);
}

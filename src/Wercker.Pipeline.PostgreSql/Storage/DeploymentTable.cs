using Npgsql;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>The list of deployments.</summary>
internal static class DeploymentTable
{
    private static readonly DeploymentQuery Query = new(Database.Dialect);

    public static Task<List<string>> IdsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync("select id from wercker_deployment order by started desc, id desc", [], reader => reader.GetString(0), cancellationToken);

    public static Task<List<DeploymentEntry>> SearchAsync(NpgsqlConnection connection, DeploymentSearch search, CancellationToken cancellationToken) =>
        connection.ListAsync(Query.Search(search), Query.Read, cancellationToken);

    public static async Task<int> CountAsync(NpgsqlConnection connection, DeploymentSearch search, CancellationToken cancellationToken) =>
        (int)(await connection.ListAsync(Query.Count(search), reader => reader.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];

    public static async Task<DeploymentEntry?> FindAsync(NpgsqlConnection connection, string id, CancellationToken cancellationToken) =>
        (await connection.ListAsync(Query.Find(id), Query.Read, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
}

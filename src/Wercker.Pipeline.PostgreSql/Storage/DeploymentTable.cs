using Npgsql;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>The list of deployments, and who wants one canceled.</summary>
internal static class DeploymentTable
{
    public static Task<List<string>> IdsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync("select id from wercker_deployment order by started desc, id desc", [], reader => reader.GetString(0), cancellationToken);

    public static Task<List<DeploymentEntry>> SearchAsync(NpgsqlConnection connection, DeploymentSearch search, CancellationToken cancellationToken)
    {
        // Only what is asked for stands in the statement, so that the indexes are of use.
        List<(string Condition, string Name, object? Value)> asked = [];
        void Ask(string condition, string name, object? value)
        {
            if (value is not null)
            {
                asked.Add((condition, name, value));
            }
        }

        Ask("app = @a", "a", search.App);
        Ask("target = @g", "g", search.Target);
        Ask("status = @v", "v", search.Status?.ToString());
        Ask("strpos(words, @x) > 0", "x", search.Text?.ToLowerInvariant());
        var where = asked.Count == 0 ? string.Empty : $"where {string.Join(" and ", asked.Select(one => one.Condition))}";
        return connection.ListAsync(
            $"select id, pipeline, app, revision, target, requested_by, status, started, finished from wercker_deployment {where} order by started desc, id desc limit @n",
            [.. asked.Select(one => (one.Name, one.Value)), ("n", search.Limit)],
            reader => new DeploymentEntry
            {
                Id = reader.GetString(0),
                Pipeline = reader.TextOrNull(1),
                App = reader.TextOrNull(2),
                Revision = reader.TextOrNull(3),
                Target = reader.TextOrNull(4),
                RequestedBy = reader.TextOrNull(5),
                Status = Enum.Parse<DeployStatus>(reader.GetString(6)),
                StartedAt = reader.Time(7),
                FinishedAt = reader.IsDBNull(8) ? null : reader.Time(8),
            },
            cancellationToken);
    }

    /// <summary>What a search for a text looks at, in lower case.</summary>
    public static string WordsOf(params ReadOnlySpan<string?> words) => string.Join('\n', words).ToLowerInvariant();

    public static Task<int> RequestCancelAsync(NpgsqlConnection connection, string deployment, string by, CancellationToken cancellationToken) => connection.RunAsync(
        "insert into wercker_cancellation(deployment, by, at) values(@d, @b, clock_timestamp()) on conflict do nothing", [("d", deployment), ("b", by)], cancellationToken);

    public static Task<string?> FindCancelRequestAsync(NpgsqlConnection connection, string deployment, CancellationToken cancellationToken) =>
        connection.AskAsync("select by from wercker_cancellation where deployment = @d", [("d", deployment)], reader => reader.GetString(0), cancellationToken);
}

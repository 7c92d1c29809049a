using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>The list of deployments, and who wants one canceled.</summary>
internal static class DeploymentTable
{
    public static List<string> Ids(SqliteConnection connection)
    {
        using var command = connection.Prepare("select id from deployment order by started desc, id desc");
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read())
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    public static List<DeploymentEntry> Search(SqliteConnection connection, DeploymentSearch search)
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

        Ask("app = $a", "$a", search.App);
        Ask("target = $g", "$g", search.Target);
        Ask("status = $v", "$v", search.Status?.ToString());
        Ask("instr(words, $x) > 0", "$x", search.Text?.ToLowerInvariant());
        var where = asked.Count == 0 ? string.Empty : $"where {string.Join(" and ", asked.Select(one => one.Condition))}";
        using var command = connection.Prepare(
            $"select id, pipeline, app, revision, target, requested_by, status, started, finished from deployment {where} order by started desc, id desc limit $n",
            [.. asked.Select(one => (one.Name, one.Value)), ("$n", search.Limit)]);
        using var reader = command.ExecuteReader();
        var entries = new List<DeploymentEntry>();
        while (reader.Read())
        {
            entries.Add(new DeploymentEntry
            {
                Id = reader.GetString(0),
                Pipeline = reader.TextOrNull(1),
                App = reader.TextOrNull(2),
                Revision = reader.TextOrNull(3),
                Target = reader.TextOrNull(4),
                RequestedBy = reader.TextOrNull(5),
                Status = Enum.Parse<DeployStatus>(reader.GetString(6)),
                StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(7)),
                FinishedAt = reader.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8)),
            });
        }

        return entries;
    }

    /// <summary>What a search for a text looks at, in lower case: looking for a part of that is several times faster than five comparisons without regard to case.</summary>
    public static string WordsOf(params ReadOnlySpan<string?> words) => string.Join('\n', words).ToLowerInvariant();

    public static void RequestCancel(SqliteConnection connection, string deployment, string by, DateTimeOffset now) => connection.Run(
        "insert into cancellation(deployment, by, at) values($d, $b, $n) on conflict do nothing", ("$d", deployment), ("$b", by), ("$n", now.ToUnixTimeMilliseconds()));

    public static string? FindCancelRequest(SqliteConnection connection, string deployment)
    {
        using var command = connection.Prepare("select by from cancellation where deployment = $d", ("$d", deployment));
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) is { Length: > 0 } by ? by : null;
    }
}

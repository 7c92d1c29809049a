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
        using var command = connection.Prepare(
            """
            select id, pipeline, app, revision, target, requested_by, status, started, finished from deployment
            where ($a is null or app = $a) and ($g is null or target = $g) and ($v is null or status = $v)
              and ($x is null or id like $x escape '\' or app like $x escape '\' or revision like $x escape '\' or target like $x escape '\' or requested_by like $x escape '\')
            order by started desc, id desc limit $n
            """,
            ("$a", search.App),
            ("$g", search.Target),
            ("$v", search.Status?.ToString()),
            ("$x", search.Text is { } text ? $"%{Escape(text)}%" : null),
            ("$n", search.Limit));
        using var reader = command.ExecuteReader();
        var entries = new List<DeploymentEntry>();
        while (reader.Read())
        {
            entries.Add(new DeploymentEntry(
                reader.GetString(0),
                reader.TextOrNull(1),
                reader.TextOrNull(2),
                reader.TextOrNull(3),
                reader.TextOrNull(4),
                reader.TextOrNull(5),
                Enum.Parse<DeployStatus>(reader.GetString(6)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(7)),
                reader.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8))));
        }

        return entries;
    }

    public static void RequestCancel(SqliteConnection connection, string deployment, string by, DateTimeOffset now) => connection.Run(
        "insert into cancellation(deployment, by, at) values($d, $b, $n) on conflict do nothing", ("$d", deployment), ("$b", by), ("$n", now.ToUnixTimeMilliseconds()));

    public static string? FindCancelRequest(SqliteConnection connection, string deployment)
    {
        using var command = connection.Prepare("select by from cancellation where deployment = $d", ("$d", deployment));
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) is { Length: > 0 } by ? by : null;
    }

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}

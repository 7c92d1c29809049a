using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Sqlite.Leases;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>The events, and the list of deployments that is kept beside them in the same transaction.</summary>
internal static class EventTable
{
    private const int DigestLength = 8;
    private const int Page = 256;

    /// <exception cref="DeploymentLockedException">It is not the next event.</exception>
    public static void Append(StatementCache statements, DeployEvent deployEvent, byte[] json)
    {
        var added = statements.Run(
            """
            insert into event(deployment, sequence, body, digest)
            select $d, $s, $b, $h where $s = 1 + coalesce((select max(sequence) from event where deployment = $d), 0)
            """,
            ("$d", deployEvent.DeploymentId),
            ("$s", deployEvent.Sequence),
            ("$b", json),
            ("$h", DigestOf(json)));
        if (added == 0)
        {
            throw new DeploymentLockedException(
                deployEvent.DeploymentId,
                "another process",
                $"Event {deployEvent.Sequence} of deployment {deployEvent.DeploymentId} is not the next one: another process goes on with it. Nothing was recorded.");
        }

        List(statements.Connection, deployEvent);
        QuestionTable.Keep(statements.Connection, deployEvent);
    }

    /// <summary>Events after a sequence number, some at a time.</summary>
    /// <exception cref="InvalidDataException">An event is damaged.</exception>
    public static List<DeployEvent> Read(SqliteConnection connection, string path, string deploymentId, long after)
    {
        using var command = connection.Prepare(
            $"select sequence, body, digest from event where deployment = $d and sequence > $s order by sequence limit {Page}", ("$d", deploymentId), ("$s", after));
        using var reader = command.ExecuteReader();
        var events = new List<DeployEvent>();
        while (reader.Read())
        {
            var sequence = reader.GetInt64(0);
            var body = (byte[])reader[1];
            if (sequence != after + events.Count + 1 || !DigestOf(body).AsSpan().SequenceEqual((byte[])reader[2]))
            {
                // Given first, so that everything before the damage is read.
                return events.Count > 0
                    ? events
                    : throw new InvalidDataException($"{path}: event {after + 1} of deployment {deploymentId} is damaged or missing; the {after} events before it are whole.");
            }

            events.Add(DeployEvent.FromJson(body));
        }

        return events;
    }

    private static byte[] DigestOf(byte[] json) => SHA256.HashData(json)[..DigestLength];

    private static void List(SqliteConnection connection, DeployEvent e)
    {
        switch (e.Kind)
        {
            case DeployEventKind.DeploymentFinished:
                connection.Run(
                    "update deployment set status = $v, restore = $r, finished = $t where id = $d",
                    ("$d", e.DeploymentId),
                    ("$v", (e.Verdict ?? DeployStatus.Failed).ToString()),
                    ("$r", e.Restore?.ToString()),
                    ("$t", e.At.ToUnixTimeMilliseconds()));

                // In one transaction: a process that is killed right after its last event leaves no lease behind.
                LeaseTable.ReleaseOf(connection, e.DeploymentId);
                break;
            case DeployEventKind.DeploymentStarted when e.Header is { } header:
                connection.Run(
                    "insert into deployment(id, pipeline, app, revision, target, requested_by, status, started, words) values($d, $p, $a, $r, $g, $b, 'Running', $t, $w) on conflict do nothing",
                    ("$d", e.DeploymentId),
                    ("$p", header.Pipeline),
                    ("$a", header.App),
                    ("$r", header.Revision),
                    ("$g", header.Target),
                    ("$b", header.RequestedBy),
                    ("$t", e.At.ToUnixTimeMilliseconds()),
                    ("$w", DeploymentQuery.WordsOf(e.DeploymentId, header.App, header.Revision, header.Target, header.RequestedBy)));
                break;
            case var _ when e.Sequence == 1:
                connection.Run(
                    "insert into deployment(id, status, started, words) values($d, 'Running', $t, $w) on conflict do nothing",
                    ("$d", e.DeploymentId),
                    ("$t", e.At.ToUnixTimeMilliseconds()),
                    ("$w", DeploymentQuery.WordsOf(e.DeploymentId)));
                break;
        }
    }
}

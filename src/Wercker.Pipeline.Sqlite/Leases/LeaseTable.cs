using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Sqlite.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Leases;

/// <summary>How a lease was last seen: a lease whose token or beat has changed is alive.</summary>
internal readonly record struct LeaseSighting(long Token, long Beat);

/// <summary>The leases. Every change names the token that it is about, so whoever is late changes nothing. No clock decides here.</summary>
internal static class LeaseTable
{
    public static LeaseEntry? Find(SqliteConnection connection, string target) => List(connection, target).FirstOrDefault();

    /// <summary>The leases, by target; of one target, or of all.</summary>
    public static List<LeaseEntry> List(SqliteConnection connection, string? target = null) => connection.List(
        new(
            "select target, token, deployment, owner, pipeline, message, since, process from lease where owner is not null and (@t is null or target = @t) order by target",
            [("@t", target)]),
        Database.Dialect.ReadLease);

    public static LeaseSighting? Look(SqliteConnection connection, string target)
    {
        using var command = connection.Prepare("select token, beat from lease where target = $t and owner is not null", ("$t", target));
        using var reader = command.ExecuteReader();
        return reader.Read() ? new LeaseSighting(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    /// <summary>Takes a target that is free, or whose lease is still as it was seen.</summary>
    /// <returns>The new token; null when somebody was faster.</returns>
    public static long? Take(SqliteConnection connection, string target, LeaseRequest request, LeaseSighting? seen, DateTimeOffset now)
    {
        using var command = connection.Prepare(
            """
            insert into lease(target, token, beat, deployment, owner, pipeline, message, process, since) values($t, 1, 0, $d, $o, $p, $m, $x, $n)
            on conflict(target) do update set token = token + 1, beat = 0, deployment = $d, owner = $o, pipeline = $p, message = $m, process = $x, since = $n
            where owner is null or (token = $st and beat = $sb)
            returning token
            """,
            ("$t", target),
            ("$d", request.DeploymentId),
            ("$o", request.Owner),
            ("$p", request.Pipeline),
            ("$m", request.Message),
            ("$x", ProcessIdentity.Own),
            ("$n", now.ToUnixTimeMilliseconds()),
            ("$st", seen?.Token),
            ("$sb", seen?.Beat));
        return (long?)command.ExecuteScalar();
    }

    /// <summary>Shows that the owner is alive; false when the target is not its any more.</summary>
    public static bool Beat(SqliteConnection connection, string target, long token) =>
        connection.Run("update lease set beat = beat + 1 where target = $t and token = $k and owner is not null", ("$t", target), ("$k", token)) == 1;

    public static bool IsHeld(SqliteConnection connection, string target, long token)
    {
        using var command = connection.Prepare("select 1 from lease where target = $t and token = $k and owner is not null", ("$t", target), ("$k", token));
        return command.ExecuteScalar() is not null;
    }

    public static void Release(SqliteConnection connection, string target, long token) => connection.Run(
        "update lease set deployment = null, owner = null, pipeline = null, message = null, process = null where target = $t and token = $k",
        ("$t", target),
        ("$k", token));

    /// <summary>Ends a lease and records why.</summary>
    public static void Unlock(SqliteConnection connection, LeaseEntry lease, string reason, string by, DateTimeOffset now)
    {
        ActionTable.Add(connection, ActionQuery.Ending(lease, reason, by), now);
        Release(connection, lease.Target, lease.FencingToken);
    }

    /// <summary>Gives back whatever a deployment that has ended still holds.</summary>
    public static void ReleaseOf(SqliteConnection connection, string deploymentId) => connection.Run(
        "update lease set deployment = null, owner = null, pipeline = null, message = null, process = null where deployment = $d", ("$d", deploymentId));

    /// <summary>Takes a free target for nobody's deployment: it stays taken until it is unlocked.</summary>
    public static bool Freeze(SqliteConnection connection, string target, string owner, string message, DateTimeOffset now)
    {
        var frozen = connection.Run(
            """
            insert into lease(target, token, beat, owner, message, since) values($t, 1, 0, $o, $m, $n)
            on conflict(target) do update set token = token + 1, beat = 0, owner = $o, message = $m, since = $n where owner is null
            """,
            ("$t", target),
            ("$o", owner),
            ("$m", message),
            ("$n", now.ToUnixTimeMilliseconds())) == 1;
        if (frozen)
        {
            ActionTable.Add(connection, new ActionEntry { Kind = ActionQuery.Freeze, By = owner, Target = target, Reason = message }, now);
        }

        return frozen;
    }

    public static long Enqueue(SqliteConnection connection, string target, string deployment)
    {
        using var command = connection.Prepare(
            "insert into waiter(target, deployment, process, beat) values($t, $d, $x, 0) returning ticket", ("$t", target), ("$d", deployment), ("$x", ProcessIdentity.Own));
        return (long)command.ExecuteScalar()!;
    }

    public static void Dequeue(SqliteConnection connection, long ticket) => connection.Run("delete from waiter where ticket = $k", ("$k", ticket));

    /// <summary>Shows that a waiter is alive.</summary>
    public static void BeatWaiter(SqliteConnection connection, long ticket) => connection.Run("update waiter set beat = beat + 1 where ticket = $k", ("$k", ticket));

    /// <summary>Who waits before a ticket, the next one first; null looks at all.</summary>
    public static List<(long Ticket, string Process, long Beat)> Before(SqliteConnection connection, string target, long? ticket)
    {
        using var command = connection.Prepare(
            "select ticket, process, beat from waiter where target = $t and ($k is null or ticket < $k) order by ticket", ("$t", target), ("$k", ticket));
        using var reader = command.ExecuteReader();
        var waiters = new List<(long, string, long)>();
        while (reader.Read())
        {
            waiters.Add((reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2)));
        }

        return waiters;
    }
}

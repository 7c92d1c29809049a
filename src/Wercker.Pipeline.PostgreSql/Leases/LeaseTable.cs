using Npgsql;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.PostgreSql.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Leases;

/// <summary>The leases. Every change names the token that it is about, so whoever is late changes nothing. The server's clock says when one is over.</summary>
internal static class LeaseTable
{
    private const string Freed = "deployment = null, owner = null, pipeline = null, message = null, process = null";

    public static async Task<LeaseEntry?> FindAsync(NpgsqlConnection connection, string target, CancellationToken cancellationToken) =>
        (await ListAsync(connection, target, cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>The leases, by target; of one target, or of all.</summary>
    public static Task<List<LeaseEntry>> ListAsync(NpgsqlConnection connection, string? target, CancellationToken cancellationToken) => connection.ListAsync(
        """
        select target, token, deployment, owner, pipeline, message, since, process, expires < clock_timestamp() from wercker_lease
        where owner is not null and (@t is null or target = @t) order by target
        """,
        [("t", target)],
        reader =>
        {
            var lease = Database.Dialect.ReadLease(reader);
            return lease with { IsOrphaned = lease.DeploymentId is not null && (reader.GetBoolean(8) || lease.IsOrphaned) };
        },
        cancellationToken);

    /// <summary>Takes a target that is free, whose lease is over, or whose owner is known to have ended.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="target">The target.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="claim">Marks the asking: an answer that was lost is given once more.</param>
    /// <param name="duration">How long the lease lasts.</param>
    /// <param name="orphan">The token of an owner that has ended; null when none is known to.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The new token; null when it is taken.</returns>
    public static Task<long?> TakeAsync(
        NpgsqlConnection connection, string target, LeaseRequest request, Guid claim, TimeSpan duration, long? orphan, CancellationToken cancellationToken) => connection.AskAsync(
        """
        insert into wercker_lease as l(target, token, claim, deployment, owner, pipeline, message, process, since, expires)
        values(@t, 1, @c, @d, @o, @p, @m, @x, clock_timestamp(), clock_timestamp() + @i)
        on conflict(target) do update set token = l.token + 1, claim = @c, deployment = @d, owner = @o, pipeline = @p, message = @m, process = @x,
            since = clock_timestamp(), expires = clock_timestamp() + @i
        where l.owner is null or l.claim = @c or (l.deployment is not null and (l.expires < clock_timestamp() or l.token = @k))
        returning token
        """,
        [
            ("t", target), ("c", claim), ("d", request.DeploymentId), ("o", request.Owner), ("p", request.Pipeline), ("m", request.Message), ("x", ProcessIdentity.Own), ("i", duration), ("k", orphan ?? 0L),
        ],
        reader => (long?)reader.GetInt64(0),
        cancellationToken);

    /// <summary>Shows that the owner is alive; false when the target is not its any more.</summary>
    public static async Task<bool> BeatAsync(NpgsqlConnection connection, string target, long token, TimeSpan duration, CancellationToken cancellationToken) =>
        await connection.RunAsync(
            "update wercker_lease set expires = clock_timestamp() + @i where target = @t and token = @k and owner is not null",
            [("t", target), ("k", token), ("i", duration)],
            cancellationToken).ConfigureAwait(false) == 1;

    public static Task<int> ReleaseAsync(NpgsqlConnection connection, string target, long token, CancellationToken cancellationToken) =>
        connection.RunAsync($"update wercker_lease set {Freed} where target = @t and token = @k", [("t", target), ("k", token)], cancellationToken);

    /// <summary>Ends a lease and records why, in one statement.</summary>
    public static Task<int> UnlockAsync(NpgsqlConnection connection, LeaseEntry lease, string reason, string by, CancellationToken cancellationToken)
    {
        var line = ActionTable.Behind(ActionQuery.Ending(lease, reason, by), "ended");
        return connection.RunAsync(
            $"with ended as (update wercker_lease set {Freed} where target = @t and token = @k and owner is not null returning 1) {line.Sql}",
            [.. line.Values, ("t", lease.Target), ("k", lease.FencingToken)],
            cancellationToken);
    }

    /// <summary>Takes a free target for nobody's deployment: it stays taken until it is unlocked.</summary>
    public static async Task<bool> FreezeAsync(NpgsqlConnection connection, string target, string owner, string message, Guid claim, CancellationToken cancellationToken)
    {
        var line = ActionTable.Behind(new ActionEntry { Kind = ActionQuery.Freeze, By = owner, Target = target, Reason = message }, "frozen");
        return await connection.RunAsync(
            $"""
            with frozen as (
                insert into wercker_lease as l(target, token, claim, owner, message, since, expires) values(@t, 1, @c, @o, @m, clock_timestamp(), 'infinity')
                on conflict(target) do update set token = l.token + 1, claim = @c, owner = @o, message = @m, since = clock_timestamp(), expires = 'infinity'
                where l.owner is null or l.claim = @c returning 1)
            {line.Sql}
            """,
            [.. line.Values, ("t", target), ("c", claim), ("o", owner), ("m", message)],
            cancellationToken).ConfigureAwait(false) == 1;
    }

    public static async Task<long> EnqueueAsync(NpgsqlConnection connection, string target, string deployment, TimeSpan duration, CancellationToken cancellationToken) =>
        await connection.AskAsync(
            "insert into wercker_waiter(target, deployment, process, expires) values(@t, @d, @x, clock_timestamp() + @i) returning ticket",
            [("t", target), ("d", deployment), ("x", ProcessIdentity.Own), ("i", duration)],
            reader => reader.GetInt64(0),
            cancellationToken).ConfigureAwait(false);

    public static Task<int> DequeueAsync(NpgsqlConnection connection, long ticket, CancellationToken cancellationToken) =>
        connection.RunAsync("delete from wercker_waiter where ticket = @k", [("k", ticket)], cancellationToken);

    /// <summary>Shows that a waiter is alive, and who waits before it, the next one first; a waiter without a ticket comes after all.</summary>
    public static Task<List<(long Ticket, string Process)>> BeforeAsync(NpgsqlConnection connection, string target, long? ticket, TimeSpan duration, CancellationToken cancellationToken) =>
        connection.ListAsync(
            """
            with alive as (update wercker_waiter set expires = clock_timestamp() + @i where ticket = @k),
            ended as (delete from wercker_waiter where target = @t and ticket <> @k and expires < clock_timestamp())
            select ticket, process from wercker_waiter where target = @t and (@k = 0 or ticket < @k) and (ticket = @k or expires >= clock_timestamp()) order by ticket
            """,
            [("t", target), ("k", ticket ?? 0L), ("i", duration)],
            reader => (reader.GetInt64(0), reader.GetString(1)),
            cancellationToken);
}

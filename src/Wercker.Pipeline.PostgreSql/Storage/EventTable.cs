using System.Security.Cryptography;
using Npgsql;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>The events, and the list of deployments that is kept beside them in the same transaction.</summary>
internal static class EventTable
{
    public const int Page = 256;
    private const int DigestLength = 8;

    // The lease is locked against being taken until the event is committed: whoever takes it comes before or after, never between.
    private const string Fence = "with fence as (select 1 from wercker_lease where target = @t and token = @k and owner is not null for share)";

    private const string Holds = "(@t is null or exists (select 1 from fence))";

    // The event was recorded, and the answer was lost: nobody else has this mark.
    private const string Answer =
        "select (select count(*) from added), exists (select 1 from wercker_event where deployment = @d and sequence = @s and digest = @h and mark = @m)";

    private const string First = $"""
        {Fence},
        moved as (
            insert into wercker_deployment(id, sequence, epoch, writer, pipeline, app, revision, target, requested_by, status, started, words)
            select @d, 1, 1, @w, @pipeline, @app, @revision, @target, @by, 'Running', @at, @words where {Holds} on conflict do nothing returning id),
        added as (insert into wercker_event(deployment, sequence, body, digest, mark) select id, @s, @b, @h, @m from moved returning 1)
        {Answer}
        """;

    // The epoch grows with every writer: after that the one before, whatever it believes, adds nothing more.
    private const string Next = $"""
        {Fence},
        moved as (
            update wercker_deployment set sequence = @s, epoch = epoch + case when writer = @w then 0 else 1 end, writer = @w,
                status = coalesce(@status, status), restore = coalesce(@restore, restore), finished = case when @status is null then finished else @at end
            where id = @d and sequence = @s - 1 and (writer = @w or @takes) and {Holds} returning id),
        added as (insert into wercker_event(deployment, sequence, body, digest, mark) select id, @s, @b, @h, @m from moved returning 1),
        freed as (
            update wercker_lease set deployment = null, owner = null, pipeline = null, message = null, process = null
            where @status is not null and deployment = @d and exists (select 1 from added) returning 1),
        {QuestionTable.Keep}
        {Answer}
        """;

    /// <summary>Records an event in one statement.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="e">The event.</param>
    /// <param name="mark">Marks this asking: asked again with it, the event counts as recorded.</param>
    /// <param name="writer">Who writes, and whether the deployment may have been another writer's until now.</param>
    /// <param name="lease">The lease that must hold; null without one.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>False when it is not the next event, or the lease does not hold: nothing was recorded.</returns>
    public static async Task<bool> AppendAsync(
        NpgsqlConnection connection, DeployEvent e, Guid mark, (Guid Id, bool Takes) writer, (string Target, long Token)? lease, CancellationToken cancellationToken)
    {
        var json = e.ToJson();
        var isEnd = e.Kind == DeployEventKind.DeploymentFinished;
        var header = e.Kind == DeployEventKind.DeploymentStarted ? e.Header : null;
        List<(string, object?)> values =
        [
            ("t", lease?.Target), ("k", lease?.Token ?? 0L), ("d", e.DeploymentId), ("s", e.Sequence), ("b", json), ("h", DigestOf(json)), ("w", writer.Id), ("m", mark), ("at", e.At.UtcDateTime),
        ];
        values.AddRange(e.Sequence == 1
            ?
            [
                ("pipeline", header?.Pipeline), ("app", header?.App), ("revision", header?.Revision), ("target", header?.Target), ("by", header?.RequestedBy),
                ("words", DeploymentQuery.WordsOf(e.DeploymentId, header?.App, header?.Revision, header?.Target, header?.RequestedBy)),
            ]
            : [("takes", writer.Takes), ("status", isEnd ? (e.Verdict ?? DeployStatus.Failed).ToString() : null), ("restore", isEnd ? e.Restore?.ToString() : null), ("question", e.Question?.Id), ("decided", e.Question?.Decision is not null)]);
        return await connection.AskAsync(e.Sequence == 1 ? First : Next, values, reader => reader.GetInt64(0) == 1 || reader.GetBoolean(1), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says why an event was refused.</summary>
    public static async Task<DeploymentLockedException> RefusalAsync(
        NpgsqlConnection connection, DeployEvent e, (string Target, long Token)? lease, CancellationToken cancellationToken)
    {
        var isLost = lease is { } held && await connection.AskAsync(
            "select token <> @k or owner is null from wercker_lease where target = @t", [("t", held.Target), ("k", held.Token)], reader => reader.GetBoolean(0), cancellationToken).ConfigureAwait(false);
        return isLost
            ? new DeploymentLockedException(
                lease!.Value.Target, "another deployment", $"Deployment {e.DeploymentId} does not hold target '{lease.Value.Target}' any more: event {e.Sequence} was not recorded, and nothing more was changed. Look at the target, then resume the deployment or undo it.")
            : new DeploymentLockedException(
                e.DeploymentId, "another process", $"Event {e.Sequence} of deployment {e.DeploymentId} is not the next one: another process goes on with it. Nothing was recorded.");
    }

    /// <summary>Events after a sequence number, some at a time.</summary>
    /// <exception cref="InvalidDataException">An event is damaged.</exception>
    public static async Task<List<DeployEvent>> ReadAsync(NpgsqlConnection connection, string name, string deploymentId, long after, CancellationToken cancellationToken)
    {
        var rows = await connection.ListAsync(
            "select sequence, body, digest from wercker_event where deployment = @d and sequence > @s order by sequence limit @n",
            [("d", deploymentId), ("s", after), ("n", Page)],
            reader => (Sequence: reader.GetInt64(0), Body: reader.GetFieldValue<byte[]>(1), Digest: reader.GetFieldValue<byte[]>(2)),
            cancellationToken).ConfigureAwait(false);
        var events = new List<DeployEvent>();
        foreach (var (sequence, body, digest) in rows)
        {
            if (sequence != after + events.Count + 1 || !DigestOf(body).AsSpan().SequenceEqual(digest))
            {
                // Given first, so that everything before the damage is read.
                return events.Count > 0
                    ? events
                    : throw new InvalidDataException($"{name}: event {after + 1} of deployment {deploymentId} is damaged or missing; the {after} events before it are whole.");
            }

            events.Add(DeployEvent.FromJson(body));
        }

        return events;
    }

    private static byte[] DigestOf(byte[] json) => SHA256.HashData(json)[..DigestLength];
}

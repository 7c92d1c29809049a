using Npgsql;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>Output logs. What is written here does not wait for the server's disk: no event waits for what is printed.</summary>
internal sealed class LogTable(Database database, TimeSpan patience) : ILogTable
{
    private const string Unhurried = "select set_config('synchronous_commit', 'off', true)";

    public string Name => database.Name;

    public Task<(IReadOnlyList<LogBlock> Pieces, long Length)> OpenAsync(string deploymentId, Guid writer, CancellationToken cancellationToken) => InTransactionAsync<(IReadOnlyList<LogBlock>, long)>(
        async connection =>
        {
            var length = await connection.AskAsync(
                """
                insert into wercker_log(deployment, writer, length, written, closed) values(@d, @w, 0, clock_timestamp(), false)
                on conflict(deployment) do update set writer = @w, written = clock_timestamp(), closed = false returning length
                """,
                [("d", deploymentId), ("w", writer)],
                reader => reader.GetInt64(0),
                cancellationToken).ConfigureAwait(false);
            var pieces = await connection.ListAsync(
                """
                select start, length, sealed, body, digest from wercker_log_block where deployment = @d
                and start >= coalesce((select max(start + length) from wercker_log_block where deployment = @d and sealed), 0) order by start
                """,
                [("d", deploymentId)],
                BlockOf,
                cancellationToken).ConfigureAwait(false);
            return (pieces, length);
        },
        cancellationToken);

    public Task<bool> AppendAsync(string deploymentId, Guid writer, IReadOnlyList<LogBlock> blocks, bool isEnd, CancellationToken cancellationToken) => InTransactionAsync(
        async connection =>
        {
            var isMine = await connection.RunAsync(
                "update wercker_log set length = greatest(length, @l), written = clock_timestamp(), closed = @c where deployment = @d and writer = @w",
                [("l", blocks.Count == 0 ? 0L : blocks[^1].End), ("c", isEnd), ("d", deploymentId), ("w", writer)],
                cancellationToken).ConfigureAwait(false) == 1;
            foreach (var block in isMine ? blocks : [])
            {
                if (block.IsSealed)
                {
                    await connection.RunAsync(
                        "delete from wercker_log_block where deployment = @d and start > @o and start < @e and not sealed",
                        [("d", deploymentId), ("o", block.Offset), ("e", block.End)],
                        cancellationToken).ConfigureAwait(false);
                }

                // Written once more when the answer was lost: it is the same block then.
                await connection.RunAsync(
                    """
                    insert into wercker_log_block(deployment, start, length, sealed, body, digest) values(@d, @o, @l, @s, @b, @h)
                    on conflict(deployment, start) do update set length = @l, sealed = @s, body = @b, digest = @h
                    """,
                    [("d", deploymentId), ("o", block.Offset), ("l", block.Length), ("s", block.IsSealed), ("b", block.Body), ("h", block.Digest)],
                    cancellationToken).ConfigureAwait(false);
            }

            return isMine;
        },
        cancellationToken);

    public Task<(LogBlock? Block, long Length)> ReadAsync(string deploymentId, long at, CancellationToken cancellationToken) => database.UseAsync(
        (connection, token) => connection.AskAsync(
            """
            select b.start, b.length, b.sealed, b.body, b.digest, l.length from wercker_log l
            left join wercker_log_block b on b.deployment = l.deployment and b.start = (select max(start) from wercker_log_block where deployment = @d and start <= @a)
            where l.deployment = @d
            """,
            [("d", deploymentId), ("a", at)],
            reader => (!reader.IsDBNull(0) && BlockOf(reader) is { } block && block.End > at ? block : null, reader.GetInt64(5)),
            token),
        patience,
        cancellationToken);

    /// <summary>What is known of a log; null when there is none.</summary>
    public Task<LogSummary?> FindAsync(string deploymentId, CancellationToken cancellationToken) => database.UseAsync(
        (connection, token) => connection.AskAsync(
            "select length, (select coalesce(sum(octet_length(body)), 0)::bigint from wercker_log_block where deployment = @d), closed from wercker_log where deployment = @d",
            [("d", deploymentId)],
            reader => new LogSummary(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)),
            token),
        patience,
        cancellationToken);

    public Task<int> PruneAsync(LogLimits limits, CancellationToken cancellationToken) => InTransactionAsync(
        async connection =>
        {
            var logs = await connection.ListAsync(
                """
                select deployment, clock_timestamp() - written, (select coalesce(sum(octet_length(body)), 0)::bigint from wercker_log_block b where b.deployment = l.deployment), closed
                from wercker_log l
                """,
                [],
                reader => (reader.GetString(0), reader.GetTimeSpan(1), reader.GetInt64(2), reader.GetBoolean(3)),
                cancellationToken).ConfigureAwait(false);
            var removed = limits.Choose(logs).ToArray();
            foreach (var deployment in removed)
            {
                await connection.RunAsync("delete from wercker_log_block where deployment = @d", [("d", deployment)], cancellationToken).ConfigureAwait(false);
                await connection.RunAsync("delete from wercker_log where deployment = @d", [("d", deployment)], cancellationToken).ConfigureAwait(false);
            }

            return removed.Length;
        },
        cancellationToken);

    private Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, Task<T>> act, CancellationToken cancellationToken) => database.UseAsync(
        async (connection, token) =>
        {
            var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await connection.RunAsync(Unhurried, [], token).ConfigureAwait(false);
                var result = await act(connection).ConfigureAwait(false);
                await transaction.CommitAsync(token).ConfigureAwait(false);
                return result;
            }
        },
        patience,
        cancellationToken);

    private static LogBlock BlockOf(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt32(1), reader.GetBoolean(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4));
}

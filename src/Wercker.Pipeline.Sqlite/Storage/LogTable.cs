using System.Globalization;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>Output logs, in a file of their own: that an event waits for the disk must not depend on how much is printed.</summary>
internal sealed class LogTable(Database database, TimeProvider clock) : ILogTable, IDisposable
{
    // SQLite lets one write at a time; whoever waits here does not poll for it.
    private readonly SemaphoreSlim _gate = new(1, 1);

    public string Name => database.Path;

    public Task<(IReadOnlyList<LogBlock> Pieces, long Length)> OpenAsync(string deploymentId, Guid writer, CancellationToken cancellationToken) => WriteAsync<(IReadOnlyList<LogBlock>, long)>(
        connection =>
        {
            connection.Run(
                """
                insert into log(deployment, writer, length, written, closed) values($d, $w, 0, $n, 0)
                on conflict do update set writer = $w, written = $n, closed = 0
                """,
                ("$d", deploymentId),
                ("$w", writer.ToString()),
                ("$n", Now));
            using var command = connection.Prepare(
                """
                select start, length, sealed, body, digest from block where deployment = $d
                and start >= coalesce((select max(start + length) from block where deployment = $d and sealed), 0) order by start
                """,
                ("$d", deploymentId));
            using var reader = command.ExecuteReader();
            var pieces = new List<LogBlock>();
            while (reader.Read())
            {
                pieces.Add(BlockOf(reader));
            }

            return (pieces, LengthOf(connection, deploymentId));
        },
        cancellationToken);

    public Task<bool> AppendAsync(string deploymentId, Guid writer, IReadOnlyList<LogBlock> blocks, bool isEnd, CancellationToken cancellationToken) => WriteAsync(
        connection =>
        {
            var added = blocks.Count == 0 ? null : (long?)blocks[^1].End;
            var isMine = connection.Run(
                "update log set length = coalesce($l, length), written = $n, closed = $c where deployment = $d and writer = $w",
                ("$l", added),
                ("$n", Now),
                ("$c", isEnd),
                ("$d", deploymentId),
                ("$w", writer.ToString())) == 1;
            foreach (var block in isMine ? blocks : [])
            {
                connection.Run(
                    """
                    delete from block where $s and deployment = $d and start >= $o and start < $o + $l and not sealed;
                    insert into block(deployment, start, length, sealed, body, digest) values($d, $o, $l, $s, $b, $h)
                    """,
                    ("$s", block.IsSealed),
                    ("$d", deploymentId),
                    ("$o", block.Offset),
                    ("$l", block.Length),
                    ("$b", block.Body),
                    ("$h", block.Digest));
            }

            return isMine;
        },
        cancellationToken);

    public Task<(LogBlock? Block, long Length)> ReadAsync(string deploymentId, long at, CancellationToken cancellationToken) => Look(
        connection =>
        {
            // One statement sees one state of the file.
            using var command = connection.Prepare(
                """
                select b.start, b.length, b.sealed, b.body, b.digest, l.length from log l
                left join block b on b.deployment = l.deployment and b.start = (select max(start) from block where deployment = $d and start <= $a)
                where l.deployment = $d
                """,
                ("$d", deploymentId),
                ("$a", at));
            using var reader = command.ExecuteReader();
            if (!reader.Read())
            {
                return (null, 0L);
            }

            var block = reader.IsDBNull(0) ? null : BlockOf(reader);
            return (block?.End > at ? block : null, reader.GetInt64(5));
        },
        ((LogBlock?)null, 0L),
        cancellationToken);

    /// <summary>What is known of a log; null when there is none.</summary>
    public Task<(long Length, long Kept, bool IsClosed)?> FindAsync(string deploymentId, CancellationToken cancellationToken) => Look<(long, long, bool)?>(
        connection =>
        {
            using var command = connection.Prepare(
                "select length, (select coalesce(sum(length(body)), 0) from block where deployment = $d), closed from log where deployment = $d", ("$d", deploymentId));
            using var reader = command.ExecuteReader();
            return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)) : null;
        },
        null,
        cancellationToken);

    public Task<int> PruneAsync(LogLimits limits, CancellationToken cancellationToken) => !database.Exists ? Task.FromResult(0) : WriteAsync(
        connection =>
        {
            var logs = new List<(string, TimeSpan, long, bool)>();
            using (var command = connection.Prepare(
                "select deployment, written, closed, (select coalesce(sum(length(body)), 0) from block b where b.deployment = log.deployment) from log"))
            {
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    logs.Add((reader.GetString(0), TimeSpan.FromMilliseconds(Now - reader.GetInt64(1)), reader.GetInt64(3), reader.GetBoolean(2)));
                }
            }

            var removed = limits.Choose(logs).ToArray();
            foreach (var deployment in removed)
            {
                connection.Run("delete from block where deployment = $d; delete from log where deployment = $d", ("$d", deployment));
            }

            return removed.Length;
        },
        cancellationToken,
        after: connection => connection.Run("pragma incremental_vacuum"));

    public void Dispose() => _gate.Dispose();

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private Task<T> Look<T>(Func<SqliteConnection, T> read, T nothing, CancellationToken cancellationToken) =>
        database.Exists ? Task.Run(() => database.Use(read), cancellationToken) : Task.FromResult(nothing);

    private async Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancellationToken, Action<SqliteConnection>? after = null)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () => database.Use(connection =>
                {
                    using var transaction = connection.BeginTransaction(deferred: false);
                    var result = write(connection);
                    transaction.Commit();
                    after?.Invoke(connection);
                    return result;
                }),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static long LengthOf(SqliteConnection connection, string deploymentId)
    {
        using var command = connection.Prepare("select length from log where deployment = $d", ("$d", deploymentId));
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static LogBlock BlockOf(SqliteDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt32(1), reader.GetBoolean(2), (byte[])reader[3], (byte[])reader[4]);
}

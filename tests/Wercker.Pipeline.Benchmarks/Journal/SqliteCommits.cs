using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Benchmarks.Journal;

/// <summary>SQLite itself: a prepared insert of the same bytes and a commit, in the store's mode, on a connection for each writer.</summary>
internal sealed class SqliteCommits : ICommits, IAsyncDisposable
{
    private readonly SqliteConnection[] _connections;
    private readonly SqliteCommand[] _inserts;

    public SqliteCommits(string path, int writers)
    {
        _connections = [.. Enumerable.Range(0, writers).Select(_ => new SqliteConnection($"Data Source={path};Pooling=False"))];
        foreach (var connection in _connections)
        {
            connection.Open();
            Run(connection, "pragma busy_timeout = 60000; pragma journal_mode = wal; pragma synchronous = full; create table if not exists event(deployment text not null, sequence integer not null, body blob not null, primary key(deployment, sequence))");
        }

        _inserts = [.. _connections.Select(Prepare)];
    }

    public string Name => "SQLite itself";

    public ValueTask CommitAsync(int writer)
    {
        var sequence = _inserts[writer].Parameters["$s"];
        sequence.Value = (long)sequence.Value! + 1;
        _inserts[writer].ExecuteNonQuery();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _connections.Length; i++)
        {
            await _inserts[i].DisposeAsync();
            await _connections[i].DisposeAsync();
        }
    }

    private static SqliteCommand Prepare(SqliteConnection connection, int writer)
    {
        var insert = connection.CreateCommand();
        insert.CommandText = "insert into event values($d, $s, $b)";
        insert.Parameters.AddWithValue("$d", $"d{writer}");
        insert.Parameters.AddWithValue("$s", 0L);
        insert.Parameters.AddWithValue("$b", StoreCommits.Event("d0", 2).ToJson());
        insert.Prepare();
        return insert;
    }

    private static void Run(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}

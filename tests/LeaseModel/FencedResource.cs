using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Tests.LeaseModel;

/// <summary>What leases protect: it takes a write only with a fencing token that is not smaller than those before, and remembers all that happened.</summary>
internal sealed class FencedResource : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public FencedResource(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 120 }.ToString());
        _connection.Open();

        // It is the witness and not on trial, so it need not survive a crash of the machine.
        Run("pragma journal_mode = wal; pragma synchronous = off; pragma busy_timeout = 120000");
        Run("create table if not exists write(n integer primary key autoincrement, target text, token integer, owner text)");
        Run("create table if not exists event(n integer primary key autoincrement, kind text, target text, token integer, owner text, begun integer, ended integer)");
    }

    /// <summary>Writes, unless somebody with a greater token has.</summary>
    public bool Write(string target, long token, string owner) => Run(
        "insert into write(target, token, owner) select $t, $k, $o where not exists (select 1 from write where target = $t and token > $k)",
        ("$t", target), ("$k", token), ("$o", owner)) == 1;

    /// <summary>Remembers what somebody did, and between which instants of the clock that all processes share.</summary>
    public void Note(string kind, string target, long token, string owner, long begun, long ended) => Run(
        "insert into event(kind, target, token, owner, begun, ended) values($i, $t, $k, $o, $b, $e)",
        ("$i", kind), ("$t", target), ("$k", token), ("$o", owner), ("$b", begun), ("$e", ended));

    public long Count(string query)
    {
        lock (_gate)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = query;
            return (long)command.ExecuteScalar()!;
        }
    }

    public void Dispose() => _connection.Dispose();

    private int Run(string statement, params (string Name, object Value)[] values)
    {
        lock (_gate)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = statement;
            foreach (var (name, value) in values)
            {
                command.Parameters.AddWithValue(name, value);
            }

            return command.ExecuteNonQuery();
        }
    }
}

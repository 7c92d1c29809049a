using Npgsql;

namespace Wercker.Pipeline.Benchmarks.Journal;

/// <summary>PostgreSQL itself: a prepared insert of the same bytes and a commit, on a connection for each writer.</summary>
internal sealed class PostgreSqlCommits : ICommits, IAsyncDisposable
{
    private readonly List<NpgsqlCommand> _inserts = [];

    private PostgreSqlCommits()
    {
    }

    public string Name => "PostgreSQL itself";

    public static async Task<PostgreSqlCommits> OpenAsync(string connection, int writers)
    {
        var commits = new PostgreSqlCommits();
        for (var writer = 0; writer < writers; writer++)
        {
            var opened = new NpgsqlConnection(connection + ";Pooling=False");
            await opened.OpenAsync();
            await using (var table = new NpgsqlCommand("create table if not exists bare(deployment text not null, sequence bigint not null, body bytea not null, primary key(deployment, sequence))", opened))
            {
                await table.ExecuteNonQueryAsync();
            }

            var insert = new NpgsqlCommand("insert into bare values($1, $2, $3)", opened);
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"d{writer}" });
            insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 0 });
            insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = StoreCommits.Event("d0", 2).ToJson() });
            await insert.PrepareAsync();
            commits._inserts.Add(insert);
        }

        return commits;
    }

    public async ValueTask CommitAsync(int writer)
    {
        ((NpgsqlParameter<long>)_inserts[writer].Parameters[1]).TypedValue++;
        await _inserts[writer].ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var insert in _inserts)
        {
            await insert.Connection!.DisposeAsync();
            await insert.DisposeAsync();
        }
    }
}

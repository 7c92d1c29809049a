using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>The store of a tool that is killed: looked at without the tool, and in some worlds broken under it. This one is the file in the state directory, left alone.</summary>
internal class ChaosStore(Workspace work) : IAsyncDisposable
{
    /// <summary>True when it is broken now and then.</summary>
    public virtual bool Breaks => false;

    /// <summary>How long it stays broken, drawn; null for as long as the tool lives.</summary>
    public virtual TimeSpan? DrawDuration(Random random) => TimeSpan.Zero;

    /// <summary>Breaks it.</summary>
    /// <param name="choice">Drawn from 0 to 1, for a store that breaks in several ways.</param>
    /// <returns>False when that cannot be done just now.</returns>
    public virtual Task<bool> BreakAsync(double choice) => Task.FromResult(false);

    /// <summary>Makes it whole again.</summary>
    public virtual Task MendAsync() => Task.CompletedTask;

    /// <summary>How many leases a deployment holds.</summary>
    public virtual async Task<long> CountLeasesAsync(string deployment)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from lease where deployment = $id";
        command.Parameters.AddWithValue("$id", deployment);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The state directory.</summary>
    protected string Directory => work.State;

    protected string File => Path.Combine(work.State, "wercker.db");
}

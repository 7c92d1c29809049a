using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>A file that somebody else writes to for a while: mostly shorter than the store waits, now and then longer.</summary>
internal sealed class BusyFile(Workspace work) : ChaosStore(work)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private SqliteConnection? _other;

    public override bool Breaks => true;

    public override TimeSpan? DrawDuration(Random random) => random.Next(12) == 0 ? null : random.NextDouble() * Longest;

    public override async Task<bool> BreakAsync(double choice)
    {
        if (!System.IO.File.Exists(File))
        {
            return false;
        }

        _other = new SqliteConnection($"Data Source={File};Pooling=False");
        await _other.OpenAsync();
        await RunAsync("begin immediate");
        return true;
    }

    public override async Task MendAsync()
    {
        await RunAsync("rollback");
        await _other!.DisposeAsync();
    }

    private async Task RunAsync(string statement)
    {
        await using var command = _other!.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
    }
}

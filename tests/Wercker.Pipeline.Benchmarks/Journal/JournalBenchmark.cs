using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Sqlite;

namespace Wercker.Pipeline.Benchmarks.Journal;

/// <summary>How many events a second are on the disk, beside what SQLite itself commits on the same disk.</summary>
internal static class JournalBenchmark
{
    private const int Concurrent = 64;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var (rounds, count) = options.Contains("--quick") ? (3, 200) : (9, 1000);
        var directory = options.FirstOrDefault(option => option[0] != '-') ?? Path.GetTempPath();
        var one = new List<double>();
        var many = new List<double>();
        output.WriteLine($"events/s on {directory}: SQLite itself, one deployment, {Concurrent} deployments at once");
        for (var round = 0; round <= rounds; round++)
        {
            var bare = count / Bare(directory, count).TotalSeconds;
            var single = count / (await StoreAsync(directory, 1, count)).TotalSeconds;
            var together = Concurrent * (count / 10) / (await StoreAsync(directory, Concurrent, count / 10)).TotalSeconds;
            if (round > 0)
            {
                // The first round only warms up.
                one.Add(single / bare);
                many.Add(together / bare);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bare,8:0} {single,8:0} {together,8:0}"));
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"median of the ratios to SQLite itself: one deployment {Median(one):0.00} ({one.Min():0.00}-{one.Max():0.00}), {Concurrent} at once {Median(many):0.00} ({many.Min():0.00}-{many.Max():0.00})"));
        return 0;
    }

    /// <summary>A prepared insert of the same bytes and a commit, each in the same mode: nothing that keeps a row durably can be faster with SQLite.</summary>
    private static TimeSpan Bare(string directory, int count)
    {
        var path = Path.Combine(directory, $"bare-{Guid.NewGuid():N}.db");
        try
        {
            using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            using (var setup = connection.CreateCommand())
            {
                setup.CommandText = "pragma journal_mode = wal; pragma synchronous = full; create table event(deployment text not null, sequence integer not null, body blob not null, primary key(deployment, sequence))";
                setup.ExecuteNonQuery();
            }

            using var insert = connection.CreateCommand();
            insert.CommandText = "insert into event values('d1', $s, $b)";
            var sequence = insert.Parameters.Add("$s", SqliteType.Integer);
            insert.Parameters.AddWithValue("$b", Event("d1", 2).ToJson());
            insert.Prepare();
            var started = Stopwatch.GetTimestamp();
            for (var i = 1; i <= count; i++)
            {
                sequence.Value = i;
                insert.ExecuteNonQuery();
            }

            return Stopwatch.GetElapsedTime(started);
        }
        finally
        {
            Remove(path);
        }
    }

    private static async Task<TimeSpan> StoreAsync(string directory, int deployments, int count)
    {
        var path = Path.Combine(directory, $"store-{Guid.NewGuid():N}.db");
        try
        {
            await using var store = new SqliteStore(path);
            await store.AppendAsync(Event("d", 1), default);
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(1, deployments).Select(number => Task.Run(async () =>
            {
                for (var i = 1; i <= count; i++)
                {
                    await store.AppendAsync(Event($"d{number}", i), default);
                }
            })));
            return Stopwatch.GetElapsedTime(started);
        }
        finally
        {
            Remove(path);
        }
    }

    private static DeployEvent Event(string deployment, long sequence) => new()
    {
        DeploymentId = deployment,
        Sequence = sequence,
        At = Noon.AddSeconds(sequence),
        Kind = DeployEventKind.StepFinished,
        Step = "PostDeployTest",
        Status = StepStatus.Succeeded,
        Message = "3 commands succeeded",
    };

    private static double Median(List<double> ratios) => ratios.Order().ElementAt(ratios.Count / 2);

    private static void Remove(string path)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*"))
        {
            File.Delete(file);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.PostgreSql;
using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Benchmarks.Journal;

/// <summary>How many events a second are on the disk, beside what the database itself commits on the same disk.</summary>
internal static class JournalBenchmark
{
    private const int Many = 16;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var pairs = options.Contains("--quick") ? 8 : 40;
        var root = options.FirstOrDefault(option => option[0] != '-') ?? Path.GetTempPath();
        var directory = Path.Combine(root, $"journal-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            output.WriteLine($"events/s on {root}, {pairs} pairs of slices of {Slice.TotalMilliseconds} ms: median and range of the one, of the other, of the ratio within a pair");
            await using (var store = new SqliteStore(Path.Combine(directory, "store.db")))
            await using (var sqlite = new SqliteCommits(Path.Combine(directory, "bare.db"), Many))
            await using (var file = new FileCommits(Path.Combine(directory, "file")))
            {
                var events = new StoreCommits("SQLite store", store);
                await CompareAsync(output, events, sqlite, 1, pairs);
                await CompareAsync(output, events, sqlite, Many, pairs);
                await CompareAsync(output, events, file, 1, pairs);
            }

            if (options.Contains("--postgresql"))
            {
                await using var server = await PostgreSqlServer.StartAsync(isDurable: true);
                await using var store = new PostgreSqlStore(server.Connection);
                await using var bare = await PostgreSqlCommits.OpenAsync(server.Connection, Many);
                await using var file = new FileCommits(Path.Combine(directory, "file"));
                var events = new StoreCommits("PostgreSQL store", store);
                await CompareAsync(output, events, bare, 1, pairs);
                await CompareAsync(output, events, bare, Many, pairs);
                await CompareAsync(output, events, file, 1, pairs);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    /// <summary>The two take turns in slices that are short beside what else the machine does, so that it disturbs both alike.</summary>
    private static async Task CompareAsync(TextWriter output, StoreCommits one, ICommits other, int writers, int pairs)
    {
        var (ones, others) = (new List<double>(), new List<double>());

        // The first two pairs only warm up.
        for (var pair = -2; pair < pairs; pair++)
        {
            var isFirst = pair % 2 == 0;
            var a = await RateAsync(isFirst ? one : other, writers);
            var b = await RateAsync(isFirst ? other : one, writers);
            if (pair >= 0)
            {
                ones.Add(isFirst ? a : b);
                others.Add(isFirst ? b : a);
            }
        }

        var ratios = ones.Zip(others, (a, b) => a / b).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{writers,3} at once: {one.Name} {Words(ones, "0")}, {other.Name} {Words(others, "0")}, ratio {Words(ratios, "0.00")}"));
    }

    private static async Task<double> RateAsync(ICommits commits, int writers)
    {
        var counts = new int[writers];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Factory.StartNew(
            () =>
            {
                // A thread of its own for each: some of them wait for the disk and do not give the thread back.
                for (; Stopwatch.GetElapsedTime(started) < Slice; counts[writer]++)
                {
                    commits.CommitAsync(writer).AsTask().GetAwaiter().GetResult();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static string Words(List<double> values, string format)
    {
        values.Sort();
        string Of(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Of(values[values.Count / 2])} (quartiles {Of(values[values.Count / 4])} to {Of(values[values.Count * 3 / 4])}, range {Of(values[0])} to {Of(values[^1])})";
    }
}

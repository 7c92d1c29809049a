using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Sqlite;

namespace Wercker.Pipeline.Benchmarks.Dashboard;

/// <summary>How long pages take with many deployments and a long log, and what viewers cost a deployment.</summary>
internal static class DashboardBenchmark
{
    private const int WarmUp = 30;

    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var quick = options.Contains("--quick");
        var (deployments, lines, rounds) = quick ? (1_000, 100_000, 50) : (10_000, 1_000_000, 200);
        var directory = Directory.CreateTempSubdirectory("dashboard-benchmark-").FullName;
        try
        {
            await using var store = new SqliteStore(Path.Combine(directory, "wercker.db"));
            var began = Stopwatch.GetTimestamp();
            await BoardContent.FillAsync(store, deployments, lines);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{deployments} deployments, one of them with {lines} lines, written in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
            await using var app = await BoardHost.StartAsync(store);
            using var browser = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/deploys/") };
            began = Stopwatch.GetTimestamp();
            await browser.GetByteArrayAsync($"projects/shop/deployments/{BoardContent.LongLog}/log");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first look at the long log, which makes its index: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms"));
            var random = new Random(1);
            (string Name, Func<string> Address)[] pages =
            [
                ("projects", () => string.Empty),
                ("list", () => "projects/shop"),
                ("list, deep", () => $"projects/shop?after=d{random.Next(deployments):00000}"),
                ("list, by target and verdict", () => "projects/shop?target=staging&status=failed"),
                ("list, text", () => $"projects/shop?q={random.Next(0xfff):x3}"),
                ("list, text that is nowhere", () => "projects/shop?q=zzzz"),
                ("deployment", () => $"projects/shop/deployments/d{random.Next(deployments):00000}"),
                ("log, 500 lines anywhere", () => $"projects/shop/deployments/{BoardContent.LongLog}/log?line={1 + random.Next(lines)}"),
                ("log, 500 lines at the end", () => $"projects/shop/deployments/{BoardContent.LongLog}/log"),
                ("log, way to the first error", () => $"projects/shop/deployments/{BoardContent.LongLog}/log/error"),
                ("the same as JSON: list", () => "api/projects/shop"),
                ("the same as JSON: log", () => $"api/projects/shop/deployments/{BoardContent.LongLog}/log?line={1 + random.Next(lines)}"),
            ];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"page",-30} {"p50",8} {"p95",8} {"worst",8}  ms"));
            foreach (var (name, address) in pages)
            {
                await MeasureAsync(browser, address, WarmUp);
                var times = await MeasureAsync(browser, address, rounds);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30} {times[times.Count / 2],8:0.0} {times[times.Count * 95 / 100],8:0.0} {times[^1],8:0.0}"));
            }

            await app.StopAsync();
            await ViewerBenchmark.RunAsync(output, directory, quick ? 20 : 200, quick ? 1 : 5);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static async Task<List<double>> MeasureAsync(HttpClient browser, Func<string> address, int rounds)
    {
        var times = new List<double>(rounds);
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await browser.GetAsync(address());
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }
}

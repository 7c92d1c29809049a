using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sqlite;

namespace Wercker.Pipeline.Benchmarks.Dashboard;

/// <summary>A deployment that computes and prints, watched by nobody and by many in turns. The viewers are another process, as browsers are.</summary>
internal static class ViewerBenchmark
{
    private const int Pieces = 6_000;
    private const int LinesOfAPiece = 10;

    public static async Task RunAsync(TextWriter output, string directory, int viewers, int rounds)
    {
        await using var store = new SqliteStore(Path.Combine(directory, "viewers.db"));
        await using var app = await BoardHost.StartAsync(store);
        var (alone, watched) = (new List<(double Wall, double Cpu)>(), new List<(double Wall, double Cpu)>());
        var memory = 0L;
        for (var i = 0; i <= rounds; i++)
        {
            var first = await DeployAsync(store, directory, $"alone-{i}", null, 0);
            var second = await DeployAsync(store, directory, $"watched-{i}", app.Urls.First(), viewers);
            memory = Math.Max(memory, GC.GetTotalMemory(forceFullCollection: true));
            if (i > 0)
            {
                // The first round only warms up.
                alone.Add(first);
                watched.Add(second);
            }
        }

        var ratios = alone.Zip(watched, (one, other) => other.Wall / one.Wall).Order().ToArray();
        var cpu = alone.Zip(watched, (one, other) => (other.Cpu - one.Cpu) / other.Wall).Order().ToArray();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a deployment of {alone.Select(one => one.Wall).Order().ElementAt(alone.Count / 2):0.0} s and {Pieces * LinesOfAPiece} lines, with {viewers} viewers: {(ratios[ratios.Length / 2] - 1) * 100:+0.0;-0.0} % of its time "
            + $"(rounds: {string.Join(", ", ratios.Select(ratio => ((ratio - 1) * 100).ToString("+0.0;-0.0", CultureInfo.InvariantCulture)))}), {cpu[cpu.Length / 2] * 100:0.0} % of one processor for the dashboard, {memory / (1 << 20)} MiB of managed memory"));
        await app.StopAsync();
    }

    /// <summary>Watches as often as is wanted until every stream has ended, and counts what came.</summary>
    public static async Task<int> WatchAsync(TextWriter output, string url, int viewers)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = viewers }) { Timeout = Timeout.InfiniteTimeSpan };
        var streams = await Task.WhenAll(Enumerable.Range(0, viewers).Select(async _ => await (await browser.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode().Content.ReadAsStreamAsync()));
        output.WriteLine("watching");
        var bytes = await Task.WhenAll(streams.Select(async stream =>
        {
            var buffer = new byte[64 * 1024];
            var sum = 0L;
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
            {
                sum += read;
            }

            return sum;
        }));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes.Sum()} bytes"));
        return 0;
    }

    private static async Task<(double Wall, double Cpu)> DeployAsync(SqliteStore store, string directory, string id, string? address, int viewers)
    {
        await using var reports = new ReportFolder(Path.Combine(directory, "runs")) { FolderPerDeployment = true, OpenLog = store.OpenLog };
        Process? watching = null;
        (double Wall, double Cpu) took = default;
        var pipeline = new DeployPipelineBuilder("bench", new PipelineServices { Journal = store, Lock = store, Observers = [reports], Outputs = [reports] }).AddStep("Work", async (context, cancellationToken) =>
        {
            watching = address is null ? null : Start($"{address}/deploys/api/projects/shop/deployments/{id}/live", viewers);
            if (watching is not null)
            {
                await watching.StandardOutput.ReadLineAsync(cancellationToken);
            }

            var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var data = new byte[512 * 1024];
            for (var i = 0; i < Pieces; i++)
            {
                var digest = Convert.ToHexString(SHA256.HashData(data));
                data[i % data.Length]++;
                var lines = new StringBuilder();
                for (var line = 0; line < LinesOfAPiece; line++)
                {
                    lines.Append(CultureInfo.InvariantCulture, $"{i} {line} {digest}\n");
                }

                await context.Output.NoteAsync(lines.ToString().TrimEnd('\n'), cancellationToken);
            }

            took = (Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            return StepResult.Succeeded("done");
        }).Build();
        (await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d") { Id = id })).EnsureSucceeded();
        if (watching is not null)
        {
            await watching.WaitForExitAsync();
            watching.Dispose();
        }

        return took;
    }

    private static Process Start(string url, int viewers) => Process.Start(new ProcessStartInfo("dotnet", [typeof(ViewerBenchmark).Assembly.Location, "dashboard", "viewers", url, viewers.ToString(CultureInfo.InvariantCulture)])
    {
        RedirectStandardOutput = true,
    })!;
}

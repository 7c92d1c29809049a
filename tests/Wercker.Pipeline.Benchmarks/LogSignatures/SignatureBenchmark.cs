using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Logs.Signatures;

namespace Wercker.Pipeline.Benchmarks.LogSignatures;

/// <summary>Mines a generated log file of a million lines, beside sort and uniq over the same lines, masked beforehand.</summary>
internal static class SignatureBenchmark
{
    private const int Lines = 1_000_000;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var rounds = options.Contains("--quick") ? 2 : 5;
        var folder = Directory.CreateTempSubdirectory("log-signatures-").FullName;
        try
        {
            var (raw, masked) = (Path.Combine(folder, "app.log"), Path.Combine(folder, "masked.log"));
            Write(raw, masked);
            await output.WriteLineAsync($"{Lines} lines, {new FileInfo(raw).Length / 1e6:0} MB; {Environment.ProcessorCount} cores");
            await output.WriteLineAsync("round   errors s   all lines s   sort | uniq -c s   ratio   allocated MB   peak MB");
            for (var round = 1; round <= rounds; round++)
            {
                var before = GC.GetTotalAllocatedBytes();
                var errors = await MineAsync(raw, anyLine: false);
                var all = await MineAsync(raw, anyLine: true);
                var allocated = (GC.GetTotalAllocatedBytes() - before) / 2e6;
                var sort = await SortAsync(masked);
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{round,5}{errors.TotalSeconds,11:0.00}{all.TotalSeconds,14:0.00}{sort.TotalSeconds,19:0.00}{sort / all,8:0.0}{allocated,15:0}{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6,10:0}"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<TimeSpan> MineAsync(string path, bool anyLine)
    {
        var watch = Stopwatch.StartNew();
        var miner = new SignatureMiner(anyLine, TimeSpan.FromMinutes(3));
        await foreach (var entry in LogTest.FromFile(path, TimeZoneInfo.Utc).ReadAsync(new SourceQuery(string.Empty, Start, Start.AddYears(1)), CancellationToken.None))
        {
            miner.Examine(entry);
        }

        miner.Turn();
        _ = miner.FindNew(1);
        return watch.Elapsed;
    }

    private static async Task<TimeSpan> SortAsync(string path)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"LC_ALL=C sort {path} | uniq -c > /dev/null"]))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? watch.Elapsed : throw new InvalidOperationException("sort failed");
    }

    private static void Write(string raw, string masked)
    {
        var random = new Random(1);
        using var lines = new StreamWriter(raw);
        using var templates = new StreamWriter(masked);
        for (var i = 0; i < Lines; i++)
        {
            var (number, id, level) = (random.Next(100_000), random.NextInt64().ToString("x16", CultureInfo.InvariantCulture), random.Next(10) switch { 0 => "ERROR", 1 => "WARN", _ => "INFO" });
            var (message, template) = random.Next(6) switch
            {
                0 => ($"order {number} of customer {id} paid in {random.Next(900)} ms", "order <*> of customer <*> paid in <*> ms"),
                1 => ($"GET /cart/{id}/items?page={number} 200 {random.Next(90)}ms", "GET <*> <*>"),
                2 => ($"retry {random.Next(5)} of job {id} on 10.0.{random.Next(255)}.{random.Next(255)}:8080 failed: timeout after {number} ms", "retry <*> of job <*> on <*> failed timeout after <*> ms"),
                3 => ($"shop.TimeoutException: no answer from '{id}' within {number} ms", "TimeoutException no answer from <*> within <*> ms"),
                4 => ($"user={id} action=login result=denied attempts={random.Next(9)}", "user <*> action <*> result <*> attempts <*>"),
                _ => ($"cache of shard {random.Next(64)} holds {number} entries, {random.Next(99)} % used", "cache of shard <*> holds <*> entries <*> used"),
            };
            lines.WriteLine($"{Start.AddMilliseconds(i * 180L):yyyy-MM-dd HH:mm:ss,fff} {level} [worker-{random.Next(16)}] shop.Service{i % 7}: {message}");
            templates.WriteLine($"{level} worker shop.Service {template}");
        }
    }
}

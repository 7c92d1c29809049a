using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Wercker.Pipeline.Statistics;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Judges many series, beside SciPy's rank test over the same numbers.</summary>
internal static class JudgingSpeed
{
    private const int Series = 100_000;
    private const int Points = 60;
    private const int Windows = 12;
    private const double Tolerance = 1e-9;

    public static async Task<int> RunAsync(TextWriter output)
    {
        var random = new Random(7);
        var (before, after) = (new double[Series * Points], new double[Series * Points]);
        for (var i = 0; i < before.Length; i++)
        {
            // Every tenth series is of whole numbers, which have ties; every twentieth changes.
            var row = i / Points;
            var (x, y) = (100 + (15 * Gauss(random)), (row % 20 == 0 ? 130 : 100) + (15 * Gauss(random)));
            (before[i], after[i]) = row % 10 == 3 ? (Math.Round(x), Math.Round(y)) : (x, y);
        }

        var p = new double[Series];
        var ranks = Measure(() => Parallel.For(0, Series, row => p[row] = Rank(before, after, row)));
        var judge = new SeriesJudge(new ComparisonRules());
        var bad = 0;
        var alone = Measure(() =>
        {
            bad = 0;
            Parallel.For(0, Series, row => _ = judge.Judge(Row(before, row).Span, Row(after, row).Span, null, null, Points).IsBad ? Interlocked.Increment(ref bad) : 0);
        });
        var whole = Measure(() => Parallel.For(0, Series, row => judge.Judge(new ComparedPart(
            Row(after, row), Row(before, row), [.. Enumerable.Range(0, Windows).Select(window => Row(before, (row + (window * 37)) % Series))], [], Points))));
        var (scipy, scipyCpu, different) = await CompareAsync(before, after, p).ConfigureAwait(false);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {Series} series with {Points} points before and {Points} after, {Environment.ProcessorCount} processors; seconds, and seconds of processor time:
            rank test                                {ranks.Wall:0.00} ({ranks.Cpu:0.00})
            judged, no history                       {alone.Wall:0.00} ({alone.Cpu:0.00}), {bad} series failed
            judged, {Windows} windows of history             {whole.Wall:0.00} ({whole.Cpu:0.00})
            scipy.stats.mannwhitneyu, one call       {scipy:0.00} ({scipyCpu:0.00}), {scipyCpu / ranks.Cpu:0.0} times the processor time; {different} of {Series} p-values differ by more than {Tolerance}
            """)).ConfigureAwait(false);
        return different == 0 ? 0 : 1;
    }

    private static double Rank(double[] before, double[] after, int row)
    {
        Span<double> x = stackalloc double[Points];
        Span<double> y = stackalloc double[Points];
        Row(before, row).Span.CopyTo(x);
        Row(after, row).Span.CopyTo(y);
        x.Sort();
        y.Sort();
        return MannWhitney.Of(x, y).P;
    }

    private static ReadOnlyMemory<double> Row(double[] all, int row) => all.AsMemory(row * Points, Points);

    /// <summary>The best of three rounds.</summary>
    private static (double Wall, double Cpu) Measure(Action run)
    {
        var best = (Wall: double.MaxValue, Cpu: double.MaxValue);
        for (var round = 0; round < 3; round++)
        {
            using var process = Process.GetCurrentProcess();
            var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            run();
            var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
            process.Refresh();
            best = (Math.Min(best.Wall, wall), Math.Min(best.Cpu, (process.TotalProcessorTime - cpu).TotalSeconds));
        }

        return best;
    }

    private static async Task<(double Wall, double Cpu, int Different)> CompareAsync(double[] before, double[] after, double[] p)
    {
        var directory = Directory.CreateTempSubdirectory("judging-");
        try
        {
            string[] files = [.. new[] { "before", "after", "answer" }.Select(name => Path.Combine(directory.FullName, name))];
            await File.WriteAllBytesAsync(files[0], MemoryMarshal.AsBytes<double>(before).ToArray()).ConfigureAwait(false);
            await File.WriteAllBytesAsync(files[1], MemoryMarshal.AsBytes<double>(after).ToArray()).ConfigureAwait(false);
            var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "speed.py"), .. files, $"{Points}"]) { RedirectStandardOutput = true };
            using var python = Process.Start(start)!;
            var times = (await python.StandardOutput.ReadToEndAsync().ConfigureAwait(false)).Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList();
            await python.WaitForExitAsync().ConfigureAwait(false);
            var theirs = MemoryMarshal.Cast<byte, double>(await File.ReadAllBytesAsync(files[2]).ConfigureAwait(false)).ToArray();
            return (times[0], times[1], p.Where((value, row) => Math.Abs(value - theirs[row]) > Tolerance).Count());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

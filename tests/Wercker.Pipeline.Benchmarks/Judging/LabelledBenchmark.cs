using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Judges public series with labelled anomalies: in memory, or loaded into a real Graphite and through a whole metrics test.</summary>
internal static class LabelledBenchmark
{
    private const int GraphiteQuestionsAtOnce = 4;
    private const string Machines = "machines";

    public static async Task<int> RunAsync(TextWriter output, string directory, IReadOnlyList<string> points)
    {
        var (all, lengths) = await ReadAsync(directory, points).ConfigureAwait(false);
        var sources = all.ToDictionary(series => series, SourceOf);
        return await RunAsync(output, new LabelledWindows(
            all,
            async (series, deployment, length) => (await Judge.OfAsync(sources[series], series.Name, deployment, length).ConfigureAwait(false)).Status,
            Environment.ProcessorCount), lengths).ConfigureAwait(false);
    }

    public static async Task<int> RunInGraphiteAsync(TextWriter output, string directory, IReadOnlyList<string> points)
    {
        var (all, lengths) = await ReadAsync(directory, points).ConfigureAwait(false);
        await using var graphite = await LoadedGraphite.StartAsync(output, all).ConfigureAwait(false);
        return await RunAsync(output, new LabelledWindows(graphite.Series, graphite.JudgeAsync, GraphiteQuestionsAtOnce), lengths).ConfigureAwait(false);
    }

    /// <summary>Reads the series, each for itself, or with "machines" before the lengths all of a folder together.</summary>
    private static async Task<(IReadOnlyList<LabelledSeries> All, IReadOnlyList<string> Lengths)> ReadAsync(string directory, IReadOnlyList<string> points) => points[0] == Machines
        ? (await LabelledFiles.ReadMachinesAsync(directory).ConfigureAwait(false), [.. points.Skip(1)])
        : (await LabelledFiles.ReadAsync(directory).ConfigureAwait(false), points);

    private static ArraySource SourceOf(LabelledSeries series) =>
        new([.. (series.Metrics.Count == 0 ? [series] : series.Metrics).Select(metric => new MetricSeries(metric.Name, metric.Points))]);

    private static async Task<int> RunAsync(TextWriter output, LabelledWindows windows, IReadOnlyList<string> points)
    {
        await output.WriteLineAsync(LabelledWindows.Header).ConfigureAwait(false);
        var isWrong = false;
        foreach (var count in points)
        {
            var (row, wrong) = await windows.RunAsync(count).ConfigureAwait(false);
            await output.WriteLineAsync(row).ConfigureAwait(false);
            isWrong |= wrong;
        }

        return isWrong ? 1 : 0;
    }
}

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Judges public series with labelled anomalies: in memory, or loaded into a real Graphite and through a whole metrics test.</summary>
internal static class LabelledBenchmark
{
    private const int GraphiteQuestionsAtOnce = 4;

    public static async Task<int> RunAsync(TextWriter output, string directory, IReadOnlyList<string> points)
    {
        var all = await LabelledFiles.ReadAsync(directory).ConfigureAwait(false);
        var sources = all.ToDictionary(series => series, series => new ArraySource(series.Points));
        return await RunAsync(output, new LabelledWindows(
            all,
            async (series, deployment, length) => (await Judge.OfAsync(sources[series], series.Name, deployment, length).ConfigureAwait(false)).Status,
            Environment.ProcessorCount), points).ConfigureAwait(false);
    }

    public static async Task<int> RunInGraphiteAsync(TextWriter output, string directory, IReadOnlyList<string> points)
    {
        await using var graphite = await LoadedGraphite.StartAsync(output, await LabelledFiles.ReadAsync(directory).ConfigureAwait(false)).ConfigureAwait(false);
        return await RunAsync(output, new LabelledWindows(graphite.Series, graphite.JudgeAsync, GraphiteQuestionsAtOnce), points).ConfigureAwait(false);
    }

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

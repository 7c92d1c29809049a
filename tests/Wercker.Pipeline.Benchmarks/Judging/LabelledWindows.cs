using System.Globalization;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Judges a window of a series after a deployment that there never was.</summary>
/// <param name="series">The series.</param>
/// <param name="deployment">Where the window begins.</param>
/// <param name="length">How long it is.</param>
/// <returns>The verdict.</returns>
internal delegate ValueTask<StepStatus> WindowJudge(LabelledSeries series, DateTimeOffset deployment, TimeSpan length);

/// <summary>Judges windows with and without labelled anomalies, and counts.</summary>
internal sealed class LabelledWindows(IReadOnlyList<LabelledSeries> all, WindowJudge judge, int atOnce)
{
    private const string Whole = "whole";
    private const int PointsOfALabel = 200;
    private const int Unlabelled = 20;
    private const int MostTries = 1000;

    // What a label says is not over when it ends: so much in front of an unlabelled window must be free of labels too.
    private const int FreeBefore = 3;

    /// <summary>Judges windows of so many points, or windows that are as long as the labelled times of their series ("whole").</summary>
    /// <returns>A row of a table; and whether a window without any point passed.</returns>
    public async Task<(string Row, bool IsWrong)> RunAsync(string points)
    {
        var random = new Random(1);
        var unlabelled = all.SelectMany(series => Choose(series, LengthOf(series), random).Select(from => (series, from))).ToList();
        var anomalies = all.SelectMany(series => series.Anomalies.Select(anomaly => (series, anomaly))).ToList();
        var quiet = await ForEachAsync(unlabelled, window => judge(window.series, window.from, LengthOf(window.series))).ConfigureAwait(false);
        var found = await ForEachAsync(anomalies, one => AnyFailsAsync(one.series, one.anomaly, LengthOf(one.series))).ConfigureAwait(false);
        var atMark = await ForEachAsync(anomalies, one => judge(one.series, one.series.First(one.anomaly.Mark, back: 2), LengthOf(one.series))).ConfigureAwait(false);
        var empty = await ForEachAsync(all, series => judge(series, series.Points[^1].At + series.Step, LengthOf(series))).ConfigureAwait(false);
        var passed = empty.Count(status => status == StepStatus.Succeeded);
        return (
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {points} | {Share(quiet, StepStatus.Failed)} of {quiet.Count} | {Share(quiet, StepStatus.Inconclusive)} | {Share(found, StepStatus.Failed)} of {found.Count} | {Share(atMark, StepStatus.Failed)} | {passed} of {empty.Count} |"),
            passed > 0);

        // A series without a label has none to be as long as; then it is judged in windows of two hundred points, as the labels of most others.
        TimeSpan LengthOf(LabelledSeries series) => points != Whole ? int.Parse(points, CultureInfo.InvariantCulture) * series.Step
            : series.Anomalies.Count == 0 ? PointsOfALabel * series.Step
            : series.Anomalies.Max(anomaly => anomaly.Until - anomaly.From) + series.Step;
    }

    public static string Header =>
        "| points | unlabelled windows that failed | inconclusive | anomalies of which a window failed | whose window at the mark failed | empty windows that passed |\n|---|---|---|---|---|---|";

    private static IEnumerable<DateTimeOffset> Choose(LabelledSeries series, TimeSpan length, Random random)
    {
        var (begin, end) = (series.Points[0].At, series.Points[^1].At);
        var learned = begin + TimeSpan.FromTicks(Math.Max((long)(0.15 * (end - begin).Ticks), 3 * length.Ticks));
        var first = series.LabelledFrom > learned ? series.LabelledFrom : learned;
        var last = end - length;
        for (var (tries, taken) = (0, 0); tries < MostTries && taken < Unlabelled && last > first; tries++)
        {
            var from = series.Points[random.Next(series.Points.Count)].At;
            if (from >= first && from <= last && !series.Anomalies.Any(anomaly => from + length > anomaly.From && from - (FreeBefore * length) < anomaly.Until))
            {
                taken++;
                yield return from;
            }
        }
    }

    private async ValueTask<StepStatus> AnyFailsAsync(LabelledSeries series, LabelledAnomaly anomaly, TimeSpan length)
    {
        for (var at = series.First(anomaly.From); at < anomaly.Until; at += length)
        {
            if (await judge(series, at, length).ConfigureAwait(false) == StepStatus.Failed)
            {
                return StepStatus.Failed;
            }
        }

        return StepStatus.Succeeded;
    }

    private async Task<IReadOnlyList<StepStatus>> ForEachAsync<T>(IReadOnlyList<T> items, Func<T, ValueTask<StepStatus>> run)
    {
        var results = new StepStatus[items.Count];
        await Parallel.ForAsync(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => results[i] = await run(items[i]).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }

    private static string Share(IReadOnlyCollection<StepStatus> all, StepStatus status) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * all.Count(one => one == status) / all.Count:0.0} %");
}

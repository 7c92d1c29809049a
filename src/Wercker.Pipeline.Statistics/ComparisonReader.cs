using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Statistics;

/// <summary>Reads the window after a deployment, the one before it, and the windows that show how much a metric changes anyway.</summary>
internal sealed class ComparisonReader(IMetricSource source, string expression, ComparisonRules rules)
{
    // What is bad for a while drowns in a long window, and short windows there are more of to know the metric from: so a window is judged in short parts.
    private const int PointsOfAPart = 12;
    private const int MostParts = 16;

    // History that is as long as so many windows of a few parts.
    private const int PartsOfHistory = 3;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = 7 * Day;

    /// <summary>Reads all series.</summary>
    public async ValueTask<IReadOnlyList<ComparedSeries>> ReadAsync(TestWindow window, CancellationToken cancellationToken)
    {
        var after = await QueryAsync(window.From, window.Until, cancellationToken).ConfigureAwait(false);
        var step = after.Values.Select(series => series.Step).Where(one => one > TimeSpan.Zero).DefaultIfEmpty(TimeSpan.Zero).Min();
        var points = step > TimeSpan.Zero ? (int)(window.Length / step) : 0;
        var parts = Math.Clamp((int)Math.Round((double)points / PointsOfAPart), 1, MostParts);
        var length = window.Length / parts;
        var history = rules.History * (window.Length / Math.Max(1, parts / PartsOfHistory));
        var start = window.Before - Longest(window.Length, history);
        var recent = await QueryAsync(start, window.Before, cancellationToken).ConfigureAwait(false);

        // A metric source keeps old points coarser, so each earlier day is asked for alone, and only where it is not known yet.
        var days = new List<(TimeSpan Back, Dictionary<string, SeriesPoints> Series)>();
        for (var day = Day; day <= (rules.LastWeek ? Longest(Week, rules.Days * Day) : rules.Days * Day); day += Day)
        {
            var (from, until) = (window.From - day - length, window.Until - day + length);
            days.Add((day, from >= start && until <= window.Before ? recent : await QueryAsync(from, Shortest(until, window.Before), cancellationToken).ConfigureAwait(false)));
        }

        return
        [
            .. after.Keys.Union(recent.Keys).Select(name =>
            {
                var now = after.GetValueOrDefault(name, SeriesPoints.None);
                var old = recent.GetValueOrDefault(name, SeriesPoints.None);
                var own = now.Step > TimeSpan.Zero ? now.Step : old.Step;
                now = now.Finished(own, window.Until);
                var earlier = days.Select(day => (day.Back, Points: day.Series.GetValueOrDefault(name, SeriesPoints.None))).ToList();
                return new ComparedSeries(
                    name,
                    now.ToSeries(name),
                    BeforeOf(old, earlier, window, window.From, window.Length).Series(name),
                    [
                        .. from part in Enumerable.Range(0, parts)
                           select Cut(window with { From = window.From + (part * length), Until = window.From + ((part + 1) * length) }, now, old, earlier, history, own),
                    ]);
            }),
        ];
    }

    private ComparedPart Cut(
        TestWindow part, SeriesPoints now, SeriesPoints old, List<(TimeSpan Back, SeriesPoints Points)> earlier, TimeSpan history, TimeSpan step)
    {
        var length = part.Length;
        var before = BeforeOf(old, earlier, part, part.From, length);
        return new ComparedPart(
            now.Slice(part.From, length),
            before.Points.Slice(before.From, length),
            [.. Enumerable.Range(1, (int)Math.Round(history / length)).Select(i => old.Slice(part.Before - (i * length), length))],
            [
                .. from day in earlier.Take(rules.Days)
                   from shift in Enumerable.Range(-1, 3)
                   let start = part.From - day.Back + (shift * length)
                   where start + length <= part.Before
                   select day.Points.Slice(start, length),
            ],
            step > TimeSpan.Zero ? (int)(length / step) : 0);
    }

    /// <summary>What a window is compared with: the time right before the deployment, or the same hour a week ago.</summary>
    private PlacedWindow BeforeOf(SeriesPoints old, List<(TimeSpan Back, SeriesPoints Points)> earlier, TestWindow window, DateTimeOffset from, TimeSpan length) => rules.LastWeek
        ? new PlacedWindow(earlier.First(day => day.Back == Week).Points, from - Week, length)
        : new PlacedWindow(old, window.Before - length, length);

    private async ValueTask<Dictionary<string, SeriesPoints>> QueryAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (until <= from)
        {
            return [];
        }

        var all = await source.QueryAsync(new SourceQuery(expression, from, until), cancellationToken).ConfigureAwait(false);
        var judged = rules.Pooled && all.Count > 0 ? [Pool(all)] : all;
        return judged.GroupBy(series => series.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => SeriesPoints.Of(group.First(), rules.MissingIsZero), StringComparer.Ordinal);
    }

    /// <summary>The average of all series that have a value, moment by moment.</summary>
    private MetricSeries Pool(IReadOnlyList<MetricSeries> all) => new(
        $"the average of {expression}",
        [
            .. all.SelectMany(series => series.Points).GroupBy(point => point.At).OrderBy(group => group.Key)
                .Select(group => (group.Key, group.Where(point => point.Value is { } value && double.IsFinite(value)).Average(point => point.Value))),
        ]);

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static DateTimeOffset Shortest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private readonly record struct PlacedWindow(SeriesPoints Points, DateTimeOffset From, TimeSpan Length)
    {
        public MetricSeries Series(string name) => Points.Within(From, Length).ToSeries(name);
    }
}

using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Statistics;

/// <summary>The measured points of a series, for windows to be cut out of them.</summary>
internal sealed class SeriesPoints
{
    private readonly long[] _times;
    private readonly double[] _values;

    private SeriesPoints(long[] times, double[] values, TimeSpan step) => (_times, _values, Step) = (times, values, step);

    public static SeriesPoints None { get; } = new([], [], TimeSpan.Zero);

    /// <summary>The distance of the points; zero when there are too few to tell.</summary>
    public TimeSpan Step { get; }

    /// <summary>Takes a series in. One without a single value has no data, whatever a missing value stands for.</summary>
    public static SeriesPoints Of(MetricSeries series, bool missingIsZero)
    {
        var count = 0;
        foreach (var (_, value) in series.Points)
        {
            count += IsNumber(value) ? 1 : 0;
        }

        var step = StepOf(series.Points);
        if (count == 0)
        {
            return new SeriesPoints([], [], step);
        }

        count = missingIsZero ? series.Points.Count : count;
        var (times, values) = (new long[count], new double[count]);
        var i = 0;
        foreach (var (at, value) in series.Points)
        {
            if (missingIsZero || IsNumber(value))
            {
                (times[i], values[i++]) = (at.UtcTicks, IsNumber(value) ? value!.Value : 0);
            }
        }

        return new SeriesPoints(times, values, step);
    }

    /// <summary>The values of a window.</summary>
    public ReadOnlyMemory<double> Slice(DateTimeOffset from, TimeSpan length)
    {
        var (begin, end) = Range(from, length);
        return _values.AsMemory(begin, end - begin);
    }

    /// <summary>The points of a window.</summary>
    public SeriesPoints Within(DateTimeOffset from, TimeSpan length)
    {
        var (begin, end) = Range(from, length);
        return new SeriesPoints(_times[begin..end], _values[begin..end], Step);
    }

    /// <summary>The same points without the last one when its time is not over yet.</summary>
    public SeriesPoints Finished(TimeSpan step, DateTimeOffset until) =>
        _times.Length > 0 && _times[^1] + step.Ticks > until.UtcTicks ? new SeriesPoints(_times[..^1], _values[..^1], Step) : this;

    public MetricSeries ToSeries(string name) => new(name, [.. _times.Select((time, i) => (new DateTimeOffset(time, TimeSpan.Zero), (double?)_values[i]))]);

    private (int Begin, int End) Range(DateTimeOffset from, TimeSpan length) => (First(from.UtcTicks), First((from + length).UtcTicks));

    private int First(long from)
    {
        var found = Array.BinarySearch(_times, from);
        return found >= 0 ? found : ~found;
    }

    private static bool IsNumber(double? value) => value is { } number && double.IsFinite(number);

    private static TimeSpan StepOf(IReadOnlyList<(DateTimeOffset At, double? Value)> points)
    {
        if (points.Count < 2)
        {
            return TimeSpan.Zero;
        }

        // The median: one gap does not matter.
        var gaps = new TimeSpan[points.Count - 1];
        for (var i = 1; i < points.Count; i++)
        {
            gaps[i - 1] = points[i].At - points[i - 1].At;
        }

        Array.Sort(gaps);
        return gaps[gaps.Length / 2];
    }
}

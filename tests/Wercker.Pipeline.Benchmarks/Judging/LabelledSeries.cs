namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>A labelled anomaly.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="Until">Where it ends; nothing from then on belongs to it.</param>
/// <param name="Mark">The moment that the label names.</param>
internal sealed record LabelledAnomaly(DateTimeOffset From, DateTimeOffset Until, DateTimeOffset Mark);

/// <summary>A public series with labelled anomalies.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Points">Its points, in order.</param>
/// <param name="Anomalies">What people have labelled in it.</param>
internal sealed record LabelledSeries(string Name, IReadOnlyList<(DateTimeOffset At, double? Value)> Points, IReadOnlyList<LabelledAnomaly> Anomalies)
{
    /// <summary>The metrics of a machine; empty for a series that is judged alone.</summary>
    public IReadOnlyList<LabelledSeries> Metrics { get; init; } = [];

    /// <summary>From where on people have looked for anomalies; what is before is history only.</summary>
    public DateTimeOffset LabelledFrom { get; init; } = Points[0].At;

    /// <summary>The usual distance of two points.</summary>
    public TimeSpan Step { get; } = Points.Zip(Points.Skip(1), (a, b) => b.At - a.At).Order().ElementAt((Points.Count - 1) / 2);

    /// <summary>The first point from a moment on, or the last one.</summary>
    public DateTimeOffset First(DateTimeOffset from, int back = 0)
    {
        var index = Points.Select(point => point.At).TakeWhile(at => at < from).Count();
        return Points[Math.Clamp(index - back, 0, Points.Count - 1)].At;
    }

    /// <summary>The same series later.</summary>
    public LabelledSeries Shift(TimeSpan later) => new(
        Name,
        [.. Points.Select(point => (point.At + later, point.Value))],
        [.. Anomalies.Select(anomaly => new LabelledAnomaly(anomaly.From + later, anomaly.Until + later, anomaly.Mark + later))])
    {
        Metrics = [.. Metrics.Select(metric => metric.Shift(later))],
        LabelledFrom = LabelledFrom + later,
    };
}

namespace Wercker.Pipeline.Metrics;

/// <summary>When a threshold is measured.</summary>
/// <param name="Interval">The time between two measurements; null for one alone.</param>
/// <param name="Span">What each looks at; null for the interval or the whole window.</param>
/// <param name="InitialDelay">The time before the first span.</param>
/// <param name="Lag">How much later each is asked for.</param>
/// <param name="MinimumPoints">Fewer are no data.</param>
internal sealed record ThresholdSchedule(TimeSpan? Interval, TimeSpan? Span, TimeSpan InitialDelay, TimeSpan Lag, int MinimumPoints)
{
    // What Argo waits before it repeats a measurement that ended in an error.
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(10);

    public TimeSpan RetryDelay => Interval < LongestRetryDelay ? Interval.Value : LongestRetryDelay;

    /// <summary>The end of the first span.</summary>
    public DateTimeOffset First(TestWindow window)
    {
        var begin = window.From + InitialDelay;
        var first = begin + (Span ?? Interval ?? TimeSpan.Zero);
        return Interval is not null ? first
            : first < window.Until ? window.Until
            : Span is not null ? first
            : begin + window.Length;
    }

    /// <summary>The start of the span that ends at a moment: never before the new version was there.</summary>
    public DateTimeOffset StartOf(DateTimeOffset end, TestWindow window)
    {
        var begin = window.From + InitialDelay;
        return (Span ?? Interval) is { } span && end - span > begin ? end - span : begin;
    }

    public string? Fault() =>
        Interval <= TimeSpan.Zero ? $"its interval is {Interval}"
        : Span <= TimeSpan.Zero ? $"its span is {Span}"
        : InitialDelay < TimeSpan.Zero || Lag < TimeSpan.Zero ? "a delay is negative"
        : MinimumPoints < 1 ? "it would judge without a point"
        : null;
}

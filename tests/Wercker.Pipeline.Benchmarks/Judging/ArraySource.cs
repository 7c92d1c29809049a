using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>One series in memory.</summary>
public sealed class ArraySource(IReadOnlyList<(DateTimeOffset At, double? Value)> points) : IMetricSource
{
    private readonly DateTimeOffset[] _times = [.. points.Select(point => point.At)];

    public string Name => "memory";

    public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        var (begin, end) = (First(query.From), First(query.Until));
        return new([new MetricSeries(query.Text, [.. points.Skip(begin).Take(end - begin)])]);
    }

    private int First(DateTimeOffset at)
    {
        var found = Array.BinarySearch(_times, at);
        return found >= 0 ? found : ~found;
    }
}

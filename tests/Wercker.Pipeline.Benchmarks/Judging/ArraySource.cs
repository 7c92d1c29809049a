using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Series in memory; all of them are the answer to every question.</summary>
public sealed class ArraySource(params IReadOnlyList<MetricSeries> all) : IMetricSource
{
    private readonly (MetricSeries Series, DateTimeOffset[] Times)[] _all = [.. all.Select(series => (series, series.Points.Select(point => point.At).ToArray()))];

    public string Name => "memory";

    public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken) => new(
    [
        .. _all.Select(one =>
        {
            var (begin, end) = (First(one.Times, query.From), First(one.Times, query.Until));
            return new MetricSeries(one.Series.Name, [.. one.Series.Points.Skip(begin).Take(end - begin)]);
        }),
    ]);

    private static int First(DateTimeOffset[] times, DateTimeOffset at)
    {
        var found = Array.BinarySearch(times, at);
        return found >= 0 ? found : ~found;
    }
}

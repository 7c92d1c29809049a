namespace Wercker.Pipeline.Metrics;

/// <summary>A place where an application's metrics can be read: Graphite, Prometheus.</summary>
public interface IMetricSource
{
    /// <summary>Names the source for people.</summary>
    string Name { get; }

    /// <summary>Reads the series of a window that match a query.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>All matching series; empty when there are none. A source that cannot see throws.</returns>
    ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken);
}

/// <summary>One series of points.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points, the oldest first. A point without a value was asked for and is not there.</param>
public sealed record MetricSeries(string Name, IReadOnlyList<(DateTimeOffset At, double? Value)> Points);

using System.Collections.Concurrent;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Testing;

/// <summary>Metrics in memory: series by the expression that finds them.</summary>
/// <param name="name">The source's name.</param>
public sealed class FakeMetricSource(string name = "fake metrics") : IMetricSource
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<MetricSeries>> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<SourceQuery> _queries = new();

    /// <inheritdoc />
    public string Name { get; } = name;

    /// <summary>Thrown by every query while it is set: the source cannot see. Default: null.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<SourceQuery> Queries => [.. _queries];

    /// <summary>Says which series an expression finds, instead of those that it found before.</summary>
    /// <param name="expression">The expression, whole.</param>
    /// <param name="series">The series with all their points; a query gets those of its window.</param>
    /// <returns>This source.</returns>
    public FakeMetricSource Set(string expression, params IReadOnlyList<MetricSeries> series)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(series);
        _series[expression] = series;
        return this;
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        _queries.Enqueue(query);
        if (Failure is not null)
        {
            throw Failure;
        }

        IReadOnlyList<MetricSeries> found = _series.TryGetValue(query.Text, out var series) ? [.. series.Select(one => Window(one, query))] : [];
        return ValueTask.FromResult(found);
    }

    private static MetricSeries Window(MetricSeries series, SourceQuery query) =>
        series with { Points = [.. series.Points.Where(point => point.At >= query.From && point.At < query.Until).OrderBy(point => point.At)] };
}

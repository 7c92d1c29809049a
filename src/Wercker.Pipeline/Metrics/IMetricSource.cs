using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Metrics;

/// <summary>A place where an application's metrics can be read: Graphite, Prometheus.</summary>
public interface IMetricSource
{
    /// <summary>Names the source for people.</summary>
    string Name { get; }

    /// <summary>What the source proves itself with. Every deployment that asks it masks these, wherever they turn up. Default: nothing.</summary>
    IReadOnlyList<Secret> Secrets => [];

    /// <summary>Looks for mistakes in an expression of the settings, before anything is deployed and without asking the server. Default: finds none.</summary>
    /// <param name="expression">The expression in the source's own language.</param>
    /// <exception cref="ConfigurationException">It is none; the message says what is wrong at which character.</exception>
    void Validate(string expression)
    {
    }

    /// <summary>Reads the series of a window that match a query.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>All matching series; empty when there are none. A source that cannot see throws.</returns>
    ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken);
}

using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Prometheus.Queries;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Prometheus;

/// <summary>The metrics of a Prometheus server, through its query API. A query is an expression of PromQL.</summary>
/// <remarks>
/// A series that is only selected, <c>up{job="shop"}</c>, comes as it was scraped, at the times of the scrapes: where nothing was scraped,
/// there is no point. A computed expression, <c>rate(requests_total[1m])</c>, has a point each <see cref="PrometheusOptions.Step"/>, for
/// which Prometheus looks back up to five minutes. NaN, which is what Prometheus says to zero divided by zero, is no value.
/// </remarks>
public sealed class PrometheusMetricSource : IMetricSource
{
    private readonly PrometheusServer _server;
    private readonly TimeSpan _step;
    private readonly TimeProvider _clock;

    /// <summary>Makes the source.</summary>
    /// <param name="http">The client, of <see cref="PrometheusHttpClient"/> or of a factory; the caller disposes it.</param>
    /// <param name="options">Where Prometheus is.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ConfigurationException">The address has a user or password in it, the credentials do not go together, or the step is not longer than zero.</exception>
    public PrometheusMetricSource(HttpClient http, PrometheusOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _clock = timeProvider ?? TimeProvider.System;
        _step = options.Step > TimeSpan.Zero ? options.Step : throw new ConfigurationException($"The step of Prometheus' points is {options.Step}: it must be longer than zero.");
        _server = new PrometheusServer(http, options, _clock);
        Secrets = [.. new[] { options.Password, options.Token }.OfType<Secret>()];
        Name = $"prometheus:{options.Url.Authority}";
    }

    /// <summary>"prometheus:" and the host.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets { get; }

    /// <inheritdoc />
    public void Validate(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        Expression.Check(expression);
    }

    /// <inheritdoc />
    /// <exception cref="PrometheusException">Prometheus could not be asked, refused the expression, or answered only in part.</exception>
    public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();

        // Prometheus answers questions about the future too, with the last value that it knows.
        var now = _clock.GetUtcNow();
        var window = query with { Until = query.Until < now ? query.Until : now };
        return window.Until <= window.From ? ValueTask.FromResult<IReadOnlyList<MetricSeries>>([])
            : Selector.IsAlone(query.Text) ? _server.SelectAsync(window, cancellationToken)
            : _server.ComputeAsync(window, _step, cancellationToken);
    }
}

using Wercker.Pipeline.Graphite.Render;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Graphite;

/// <summary>The metrics of a Graphite server, through its render API. A query is one target: <c>shop.*.heartbeat</c>, <c>averageSeries(shop.*.load)</c>.</summary>
/// <remarks>
/// What Graphite has no value for stays a point without a value. The bucket that is not over yet is left out, for its value still
/// changes. Graphite answers "no series" to many expressions that it cannot read, so they are read here first.
/// </remarks>
public sealed class GraphiteMetricSource : IMetricSource
{
    private readonly GraphiteServer _server;
    private readonly IReadOnlyList<string> _functions;

    /// <summary>Makes the source.</summary>
    /// <param name="http">The client, of <see cref="GraphiteHttpClient"/> or of a factory; the caller disposes it.</param>
    /// <param name="options">Where Graphite is.</param>
    /// <param name="timeProvider">The clock of the time limit; null for the system's. Which bucket is over is told by Graphite's clock.</param>
    /// <exception cref="ConfigurationException">The address has a user or password in it, or the credentials do not go together.</exception>
    public GraphiteMetricSource(HttpClient http, GraphiteOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _server = new GraphiteServer(http, options, timeProvider ?? TimeProvider.System);
        _functions = options.Functions;
        Secrets = [.. new[] { options.Password, options.Token }.OfType<Secret>()];
        Name = $"graphite:{options.Url.Authority}";
    }

    /// <summary>"graphite:" and the host.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets { get; }

    /// <inheritdoc />
    public void Validate(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        RenderExpression.Check(expression, _functions);
    }

    /// <inheritdoc />
    /// <exception cref="ConfigurationException">The text is no expression of Graphite; the message says where it goes wrong.</exception>
    /// <exception cref="GraphiteException">Graphite could not be asked, or did not answer with series.</exception>
    public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        RenderExpression.Check(query.Text);

        // Points stand on whole seconds, and render leaves the start out and takes the end in.
        var (from, until) = (SecondAtOrAfter(query.From) - 1, SecondAtOrAfter(query.Until) - 1);
        return until > from ? _server.RenderAsync(query, from, until, cancellationToken) : ValueTask.FromResult<IReadOnlyList<MetricSeries>>([]);
    }

    private static long SecondAtOrAfter(DateTimeOffset time) => (long)Math.Ceiling(time.ToUnixTimeMilliseconds() / 1000.0);
}

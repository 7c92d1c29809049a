namespace Wercker.Pipeline.Metrics;

/// <summary>What the metrics test asks, and how long after the deployment.</summary>
public sealed class MetricsTest
{
    private readonly List<HeartbeatCheck> _heartbeats = [];

    internal IReadOnlyList<HeartbeatCheck> Heartbeats => _heartbeats;

    internal TimeSpan Delay { get; private set; } = TimeSpan.FromMinutes(3);

    internal TestWindow? Past { get; private set; }

    /// <summary>Expects every series of an expression to beat until the end of the test.</summary>
    /// <param name="source">Where the beats are kept.</param>
    /// <param name="expression">Finds the series, one per host: "key.**.heartbeat" in the source's own language.</param>
    /// <param name="every">The longest time between two beats of a healthy host. Default: 30 seconds.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The interval is not longer than zero.</exception>
    public MetricsTest Heartbeat(IMetricSource source, string expression, TimeSpan? every = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(expression);
        var interval = every ?? TimeSpan.FromSeconds(30);
        _heartbeats.Add(interval > TimeSpan.Zero
            ? new HeartbeatCheck(source, expression, interval)
            : throw new ConfigurationException($"The heartbeat interval is {interval}: it must be longer than zero."));
        return this;
    }

    /// <summary>Looks at a deployment of the past instead of the running one, so that limits can be tried before they may block anybody.</summary>
    /// <param name="window">When it was. A window that ends in the future is waited for.</param>
    /// <returns>This test.</returns>
    public MetricsTest Over(TestWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        Past = window.Until > window.From ? window : throw new ConfigurationException($"The window of the test ends at {window.Until:O} and begins at {window.From:O}: it must end later.");
        return this;
    }

    /// <summary>Waits so long for metrics to collect, and looks at this much of them. Default: 3 minutes.</summary>
    /// <param name="delay">The time from the end of the step before; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public MetricsTest After(TimeSpan delay)
    {
        Delay = delay > TimeSpan.Zero ? delay : throw new ConfigurationException($"The metrics test's delay is {delay}: it must be longer than zero.");
        return this;
    }
}

/// <summary>One expression whose series must beat.</summary>
internal sealed record HeartbeatCheck(IMetricSource Source, string Expression, TimeSpan Every);

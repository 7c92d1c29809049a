using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Metrics;

/// <summary>What the metrics test asks, how long after the deployment, and what the answers mean.</summary>
public sealed class MetricsTest
{
    private readonly List<(IMetricCheck Check, CheckRole Role)> _checks = [];

    internal IReadOnlyList<(IMetricCheck Check, CheckRole Role)> Checks => _checks;

    internal TimeSpan Delay { get; private set; } = TimeSpan.FromMinutes(3);

    internal TestWindow? Past { get; private set; }

    internal EvidencePolicy Policy { get; set; } = new();

    /// <summary>Where the deployed application sends its metrics, WERCKER_METRICS_URL; null when the settings do not say.</summary>
    internal Uri? AppUrl { get; private set; }

    /// <summary>What the deployed application's metrics begin with, WERCKER_METRICS_KEY; null when the settings do not say.</summary>
    internal string? AppKey { get; private set; }

    /// <summary>Reads a metrics test from the settings of a deploy target, "targets.NAME.metricsTest" in wercker.json.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="sources">Makes the sources that the settings name.</param>
    /// <param name="checks">
    /// Makes checks of other kinds than heartbeat and threshold: one whose word, "compare", is a key of the check is given the whole check. It finds
    /// the settings of the source under "source". Null for none.
    /// </param>
    /// <returns>The test.</returns>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message names its key path.</exception>
    public static MetricsTest FromSettings(
        SettingsReader settings, IEnumerable<ISourceProvider<IMetricSource>> sources, IEnumerable<ISourceProvider<IMetricCheck>>? checks = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(sources);
        return new MetricsTestReader([.. sources], [.. checks ?? []]).Read(settings);
    }

    /// <summary>Expects every host to beat with the new version until the end of the test, and as many hosts as before the deployment.</summary>
    /// <remarks>
    /// Fails when a host stops, when none beats with the new version, when there are fewer hosts than before, or when the value of the beats stands
    /// still. Names of hosts may change. Inconclusive when nothing ever beat, or when the series are too coarse for the window.
    /// </remarks>
    /// <param name="source">Where the beats are kept.</param>
    /// <param name="expression">Finds the series, one per host: "key.*.heartbeat" in the source's own language.</param>
    /// <param name="every">The longest time between two beats of a healthy host. Default: 30 seconds.</param>
    /// <param name="missed">How many beats in a row may be missing. Default: 3.</param>
    /// <param name="hosts">How many hosts must beat at the end; null for as many as before the deployment. Default: null.</param>
    /// <param name="changes">
    /// Whether the value of a beat, a counter or a time, must change from beat to beat; null finds out from the beats before the deployment. Default: null.
    /// </param>
    /// <param name="lag">How late points may arrive: what seems to be missing is looked for again after this time. Default: the time between two beats.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">A number is out of range.</exception>
    public MetricsTest Heartbeat(
        IMetricSource source, string expression, TimeSpan? every = null, int missed = 3, int? hosts = null, bool? changes = null, TimeSpan? lag = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(expression);
        var interval = every ?? TimeSpan.FromSeconds(30);
        return Check(new HeartbeatCheck(source, expression, new HeartbeatRules(interval, missed, hosts, changes, lag ?? interval).Validated()));
    }

    /// <summary>Expects a value to stay within limits.</summary>
    /// <param name="source">Where the values are kept.</param>
    /// <param name="expression">Finds the series, in the source's own language. Each of them must stay within the limits.</param>
    /// <param name="configure">Says the limits, how often to measure and how much to tolerate.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">There is no limit, or the settings are impossible together.</exception>
    public MetricsTest Threshold(IMetricSource source, string expression, Action<ThresholdCheck> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var check = new ThresholdCheck(source, expression);
        configure(check);
        return Check(check);
    }

    /// <summary>Adds a check of any kind.</summary>
    /// <param name="check">The check.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The check's settings are impossible.</exception>
    public MetricsTest Check(IMetricCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        (check as ThresholdCheck)?.Validate();
        _checks.Add((check, CheckRole.Critical));
        return this;
    }

    /// <summary>Lets the check that was added last only warn. By default a check decides.</summary>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">No check was added yet.</exception>
    public MetricsTest Degraded() => As(CheckRole.Degraded);

    /// <summary>Lets the check that was added last be reported only, so that its limits can be tried.</summary>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">No check was added yet.</exception>
    public MetricsTest ObserveOnly() => As(CheckRole.Observed);

    /// <summary>Lets the deployment go on with a warning when a check finds no data at all. By default the test is then inconclusive.</summary>
    /// <returns>This test.</returns>
    public MetricsTest ContinueOnNoData()
    {
        Policy = Policy with { NoDataWarns = true };
        return this;
    }

    /// <summary>Lets the deployment go on with a warning when a check finds too little to judge. By default the test is then inconclusive.</summary>
    /// <returns>This test.</returns>
    public MetricsTest ContinueOnInconclusive()
    {
        Policy = Policy with { InconclusiveWarns = true };
        return this;
    }

    /// <summary>Lets the deployment go on with a warning when a source cannot be asked. By default the test then ends as an error.</summary>
    /// <returns>This test.</returns>
    public MetricsTest ContinueOnError()
    {
        Policy = Policy with { ErrorWarns = true };
        return this;
    }

    /// <summary>Tells the deployed application where to send its metrics: WERCKER_METRICS_URL and WERCKER_METRICS_KEY in the deployment's environment.</summary>
    /// <param name="url">Where the metrics server receives: "tcp://graphite.example.com:2003"; null to leave it out.</param>
    /// <param name="key">The metrics key that identifies the deploy target, the beginning of its metrics' names. It is no secret: it stands in every name.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The key has characters that no metrics server takes.</exception>
    public MetricsTest SendTo(Uri? url, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        AppKey = key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && !key.StartsWith('.') && !key.EndsWith('.') && !key.Contains("..", StringComparison.Ordinal)
            ? key
            : throw new ConfigurationException($"The metrics key '{key}' is not the beginning of a metric's name: use letters, digits, - and _, with single dots between them.");
        AppUrl = url;
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

    /// <summary>Refuses what cannot be seen in the time that the test has.</summary>
    internal MetricsTest Validated()
    {
        foreach (var (check, _) in _checks)
        {
            if (Past is null && check is HeartbeatCheck heartbeat && heartbeat.Rules.Patience > Delay)
            {
                throw new ConfigurationException(
                    $"The metrics test looks at {DurationText.Of(Delay)}, and a heartbeat that stops is noticed only after {DurationText.Of(heartbeat.Rules.Patience)}: wait longer (After), or allow fewer missed beats.");
            }
        }

        return this;
    }

    /// <summary>Tells the application through the environment of its deployment, and the deployment what to mask.</summary>
    internal void Contribute(DeployEnvironment environment)
    {
        if (AppUrl is not null)
        {
            environment.Set("WERCKER_METRICS_URL", AppUrl.OriginalString);
        }

        if (AppKey is not null)
        {
            environment.Set("WERCKER_METRICS_KEY", AppKey);
        }

        foreach (var (check, _) in _checks)
        {
            environment.Conceal(check.Name, check.Secrets);
        }
    }

    private MetricsTest As(CheckRole role)
    {
        if (_checks.Count == 0)
        {
            throw new ConfigurationException("The metrics test has no check yet: add one, and then say that it only warns or is only observed.");
        }

        _checks[^1] = (_checks[^1].Check, role);
        return this;
    }
}

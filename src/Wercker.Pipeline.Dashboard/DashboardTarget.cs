using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Targets;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Dashboard;

/// <summary>What the dashboard shows of a deploy target, and what it can ask about it.</summary>
public sealed class DashboardTarget
{
    private readonly List<SettingModel> _settings = [];
    private readonly List<string> _secrets = [];
    private readonly List<DashboardConnection> _connections = [];

    internal DashboardTarget(string name) => Name = name;

    /// <summary>Its name, as deployments have it.</summary>
    public string Name { get; }

    /// <summary>Its provider, "heroku"; null when nobody says.</summary>
    public string? Provider { get; set; }

    /// <summary>Where its log is: "shop.loggly.com"; null when nobody says.</summary>
    public string? LogSource { get; set; }

    /// <summary>What its log is asked for: "json.level:error"; null when nobody says.</summary>
    public string? LogQuery { get; set; }

    /// <summary>Where its metrics are: "graphite.example.com"; null when nobody says.</summary>
    public string? MetricsServer { get; set; }

    /// <summary>What the names of its metrics begin with; null when nobody says.</summary>
    public string? MetricsKey { get; set; }

    /// <summary>Its other settings, in the order in which they were added.</summary>
    public IReadOnlyList<SettingModel> Settings => _settings;

    /// <summary>The names of its secrets. Their values are nowhere in the dashboard.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <summary>What it is connected to.</summary>
    internal IReadOnlyList<DashboardConnection> Connections => _connections;

    /// <summary>Looks whether the target's hosts beat; null when it has no heartbeat.</summary>
    internal HeartbeatWatch? Heartbeat { get; private set; }

    /// <summary>Shows a setting.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value. No secret: everybody who may read sees it.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddSetting(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        _settings.Add(new SettingModel(name, value));
        return this;
    }

    /// <summary>Shows that there is a secret.</summary>
    /// <param name="name">Its name: the variable that holds it.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddSecret(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!_secrets.Contains(name, StringComparer.Ordinal))
        {
            _secrets.Add(name);
        }

        return this;
    }

    /// <summary>Shows what wercker.json or IConfiguration say about the target: its settings, the names of its secrets, its log and its metrics.</summary>
    /// <param name="settings">The settings. Values of variables are left out when their name ends with _PRIVATE.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddSettings(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        TargetListing.AddTo(this, settings);
        return this;
    }

    /// <summary>Adds a connection with a test that really asks.</summary>
    /// <param name="name">Names it for people: "Loggly".</param>
    /// <param name="description">Where it leads: a domain, an address. No secret.</param>
    /// <param name="test">Asks, and returns one sentence about what was seen. It throws when it cannot ask; the message is shown, so it must hold no secret.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddConnection(string name, string description, Func<CancellationToken, Task<string>> test)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(test);
        return Connect(name, description, (_, cancellationToken) => test(cancellationToken));
    }

    /// <summary>Adds a log source as a connection: its test reads the last minutes of the log.</summary>
    /// <param name="source">The source.</param>
    /// <param name="query">What it is asked for; null for every line.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddLogSource(ILogSource source, string? query = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        LogSource ??= source.Name;
        return AddLogSource(source.Name, () => source, query);
    }

    /// <summary>Adds a log source that is opened by its test, so that one whose settings are wrong is told of where somebody asks.</summary>
    /// <param name="name">Names it for people: "loggly".</param>
    /// <param name="open">Opens the source; what it throws is the test's answer.</param>
    /// <param name="query">What it is asked for; null for every line.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddLogSource(string name, Func<ILogSource> open, string? query = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(open);
        LogQuery ??= query;
        return Connect(name, string.IsNullOrEmpty(query) ? "log" : $"log, {query}", SourceTests.Of(open, query ?? string.Empty));
    }

    /// <summary>Adds a metric source as a connection: its test reads the last minutes of an expression.</summary>
    /// <param name="source">The source.</param>
    /// <param name="expression">An expression in the source's own language.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddMetricSource(IMetricSource source, string expression)
    {
        ArgumentNullException.ThrowIfNull(source);
        MetricsServer ??= source.Name;
        return AddMetricSource(source.Name, () => source, expression);
    }

    /// <summary>Adds a metric source that is opened by its test, so that one whose settings are wrong is told of where somebody asks.</summary>
    /// <param name="name">Names it for people: "graphite".</param>
    /// <param name="open">Opens the source; what it throws is the test's answer.</param>
    /// <param name="expression">An expression in the source's own language.</param>
    /// <returns>This target.</returns>
    public DashboardTarget AddMetricSource(string name, Func<IMetricSource> open, string expression)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(open);
        ArgumentException.ThrowIfNullOrWhiteSpace(expression);
        return Connect(name, $"metrics, {expression}", SourceTests.Of(open, expression));
    }

    /// <summary>Shows whether the target's hosts beat now.</summary>
    /// <param name="open">Opens the source where the beats are kept, when somebody looks first; what it throws is shown.</param>
    /// <param name="expression">Finds the series, one per host.</param>
    /// <param name="every">The longest time between two beats of a healthy host. Default: 30 seconds.</param>
    /// <returns>This target.</returns>
    public DashboardTarget WatchHeartbeat(Func<IMetricSource> open, string expression, TimeSpan? every = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentException.ThrowIfNullOrWhiteSpace(expression);
        Heartbeat = new HeartbeatWatch(open, expression, every ?? TimeSpan.FromSeconds(30));
        return this;
    }

    private DashboardTarget Connect(string name, string description, Func<TimeProvider, CancellationToken, Task<string>> test)
    {
        _connections.Add(new DashboardConnection(_connections.Count, name, description, test));
        return this;
    }
}

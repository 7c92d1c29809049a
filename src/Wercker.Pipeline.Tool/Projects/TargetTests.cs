using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Docker;
using Wercker.Pipeline.Graphite;
using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Loggly;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Prometheus;
using Wercker.Pipeline.Ssh;
using Wercker.Pipeline.Statistics;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Makes the HTTP, log and metrics tests that the settings of a target describe, with every source that this tool knows.</summary>
/// <param name="request">What is deployed, for the placeholders of queries.</param>
/// <param name="lookup">Finds the secrets that settings name.</param>
internal sealed class TargetTests(DeployRequest request, Func<string, string?> lookup) : IDisposable
{
    private readonly HerokuTargetProvider _heroku = new(lookup: lookup);

    // Most targets have no such test, and a client takes its time to make.
    private readonly Lazy<HttpClient> _graphite = new(() => GraphiteHttpClient.Create());
    private readonly Lazy<HttpClient> _prometheus = new(() => PrometheusHttpClient.Create());
    private readonly LogglySourceProvider _loggly = new();

    public HttpTest? ReadHttpTest(TargetSettings target) => target.OpenTest("httpTest", lookup) is { } settings ? HttpTest.FromSettings(settings) : null;

    /// <summary>The log test of the settings. It asks the target's own log too, where the target has one.</summary>
    public LogTest? ReadLogTest(TargetSettings target)
    {
        if (OpenLogTest(target) is not { } settings)
        {
            return null;
        }

        ILogSource? own = Is(target, _heroku) ? _heroku.CreateLogSource(target)
            : Is(target, Ssh) ? Ssh.CreateLogSource(target)
            : Is(target, Docker) ? Docker.CreateLogSource(target)
            : Is(target, Dokku) ? Dokku.CreateLogSource(target)
            : null;
        return LogTest.FromSettings(settings, LogProviders, own);
    }

    /// <summary>The settings of the log test; null when there is none.</summary>
    public SettingsReader? OpenLogTest(TargetSettings target) => target.OpenTest("logTest", lookup, PlaceholdersOf(target));

    /// <summary>True for the word of a source that can be asked from anywhere at any time.</summary>
    public bool KnowsLog(string provider) => LogProviders.Any(one => one.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase));

    public ILogSource CreateLogSource(SettingsReader source) => source.Create(LogProviders);

    public IMetricSource CreateMetricSource(SettingsReader source) => source.Create(MetricProviders);

    /// <summary>Make targets of systems elsewhere.</summary>
    public IReadOnlyList<ITargetProvider> TargetProviders => [_heroku, .. ServerProviders];

    /// <summary>Make targets of servers and engines.</summary>
    public IReadOnlyList<ITargetProvider> ServerProviders => [Ssh, Docker, Dokku];

    private ISourceProvider<ILogSource>[] LogProviders => [_loggly, _heroku, Ssh, Docker, Dokku];

    private ISourceProvider<IMetricSource>[] MetricProviders => [new GraphiteMetricSourceProvider(_graphite.Value), new PrometheusMetricSourceProvider(_prometheus.Value)];

    /// <summary>Makes targets of servers, whose waves have the tests of their target.</summary>
    public SshTargetProvider Ssh => field ??= new SshTargetProvider(lookup, AddToWave);

    /// <summary>Makes targets of services on Docker engines.</summary>
    public DockerServiceTargetProvider Docker => field ??= new DockerServiceTargetProvider(lookup);

    /// <summary>Makes targets of apps on Dokku.</summary>
    public DokkuTargetProvider Dokku => field ??= new DokkuTargetProvider(lookup);

    public MetricsTest? ReadMetricsTest(TargetSettings target)
    {
        if (OpenMetricsTest(target) is not { } settings)
        {
            return null;
        }

        var sources = MetricProviders;
        return MetricsTest.FromSettings(settings, sources, [new ComparisonProvider(sources)]);
    }

    /// <summary>Who marks the deployments of a target: the Graphites among its metric sources that are told to.</summary>
    public IReadOnlyList<GraphiteDeployMarkers> ReadMarkers(TargetSettings target)
    {
        if (OpenMetricsTest(target) is not { } settings)
        {
            return [];
        }

        var graphite = new GraphiteMetricSourceProvider(_graphite.Value);
        return
        [
            .. settings.GetSections("checks").Append(settings).Select(holder => holder.GetSection("source")).OfType<SettingsReader>()
                .Where(source => string.Equals(source.GetText("provider"), graphite.Provider, StringComparison.OrdinalIgnoreCase))
                .Select(graphite.CreateMarkers).OfType<GraphiteDeployMarkers>(),
        ];
    }

    /// <summary>How much of the new version's life a test looks at.</summary>
    public TimeSpan LengthOf(TargetSettings target, string test) => target.OpenTest(test, lookup)?.GetDuration("after") ?? TimeSpan.FromMinutes(3);

    /// <summary>True when a test runs a command: to print a log, or to send a canary.</summary>
    public static bool RunsCommands(TargetSettings target) => target.LogTest is { } test && RunsCommands(test);

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message names its place.</exception>
    public void Check(TargetSettings target)
    {
        ReadHttpTest(target);
        ReadLogTest(target);
        ReadMetricsTest(target);
        new TargetDecisions(target, lookup, null).Dispose();
        new TargetNotifications(target, lookup).Dispose();
        foreach (var provider in ServerProviders.Where(provider => Is(target, provider)))
        {
            provider.Create(target);
        }
    }

    public void AddTo(WerckerFlow flow, TargetSettings target)
    {
        if (ReadHttpTest(target) is { } http)
        {
            flow.HttpTest(http);
        }

        if (ReadLogTest(target) is { } log)
        {
            flow.LogTest(log);
        }

        if (ReadMetricsTest(target) is { } metrics)
        {
            flow.MetricsTest(metrics);
        }
    }

    public void Dispose()
    {
        _loggly.Dispose();
        _heroku.Dispose();
        Ssh.Dispose();
        Docker.Dispose();
        Dokku.Dispose();
        foreach (var client in new[] { _graphite, _prometheus }.Where(client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private static bool Is(TargetSettings target, ITargetProvider provider) => string.Equals(target.Provider, provider.Provider, StringComparison.OrdinalIgnoreCase);

    private void AddToWave(TargetSettings target, IReadOnlyList<string> words, DeployPipelineBuilder wave)
    {
        if (words.Contains("http") && ReadHttpTest(target) is { } http)
        {
            wave.AddHttpTest("HttpTest", http);
        }

        if (words.Contains("log") && ReadLogTest(target) is { } log)
        {
            wave.AddLogTest(log);
        }

        if (words.Contains("metrics") && ReadMetricsTest(target) is { } metrics)
        {
            wave.AddMetricsTest(metrics);
        }
    }

    private static bool RunsCommands(JsonNode? node) => node switch
    {
        JsonObject settings => settings.Any(pair => pair.Key.Equals("command", StringComparison.OrdinalIgnoreCase) || RunsCommands(pair.Value)),
        JsonArray items => items.Any(RunsCommands),
        _ => false,
    };

    /// <summary>The settings of the metrics test; null when there is none.</summary>
    public SettingsReader? OpenMetricsTest(TargetSettings target) =>
        target.OpenTest("metricsTest", lookup, PlaceholdersOf(target).ToDictionary(pair => pair.Key, pair => NameOf(pair.Value), StringComparer.Ordinal));

    private Dictionary<string, string> PlaceholdersOf(TargetSettings target) =>
        new(StringComparer.Ordinal) { ["app"] = request.App, ["target"] = target.Name, ["revision"] = request.Revision };

    /// <summary>A text as it stands in the names of metrics: as the heartbeat of an application writes its version.</summary>
    private static string NameOf(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
}

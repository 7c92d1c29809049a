using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Wercker.Pipeline.Configuration;

/// <summary>The settings of one deploy target, from wercker.json (targets.NAME) or from IConfiguration (Wercker:Targets:NAME).</summary>
public sealed record TargetSettings
{
    /// <summary>The target's name.</summary>
    public required string Name { get; init; }

    /// <summary>The provider that makes it. Default: "custom".</summary>
    public string Provider { get; init; } = "custom";

    /// <summary>Environment variables of deployments to this target. Empty by default.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of environment variables of the caller that are handed on as protected variables. Empty by default.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Settings of the sandbox; null for the defaults.</summary>
    public JsonObject? Sandbox { get; init; }

    /// <summary>Settings of the HTTP test; null when there is none.</summary>
    public JsonObject? HttpTest { get; init; }

    /// <summary>Settings of the log test; null when there is none.</summary>
    public JsonObject? LogTest { get; init; }

    /// <summary>Settings of the metrics test; null when there is none.</summary>
    public JsonObject? MetricsTest { get; init; }

    /// <summary>Settings of gates and of what happens on failure; null for the defaults.</summary>
    public JsonObject? Decisions { get; init; }

    /// <summary>Who is told of deployments; null for nobody.</summary>
    public JsonObject? Notifications { get; init; }

    /// <summary>Everything else, for the provider: {"app": "shop"}.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>Reads the deploy targets of a configuration, "Wercker:Targets:NAME".</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>The targets by name.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its key path.</exception>
    public static IReadOnlyDictionary<string, TargetSettings> Read(IConfiguration configuration) => TargetConfiguration.Read(configuration);

    /// <summary>Lays the deploy targets of a configuration over those of a file: objects are merged, everything else of the configuration wins.</summary>
    /// <param name="targets">The targets of the file, by name.</param>
    /// <param name="configuration">The configuration.</param>
    /// <returns>The targets by name.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its key path.</exception>
    public static IReadOnlyDictionary<string, TargetSettings> Merge(IReadOnlyDictionary<string, TargetSettings> targets, IConfiguration configuration) =>
        TargetConfiguration.Merge(targets, configuration);

    /// <summary>Where the settings stand, for messages: "wercker.json: targets.production".</summary>
    public string Location { get; init; } = "targets";

    /// <summary>Where single settings of the tests stand in the file: their line and column by their key path.</summary>
    internal IReadOnlyDictionary<string, string> Places { get; init; } = new Dictionary<string, string>();

    /// <summary>Opens the settings of the HTTP, log or metrics test for reading; what is wrong with them is said with its own line and column.</summary>
    /// <param name="test">"httpTest", "logTest" or "metricsTest".</param>
    /// <param name="lookup">Finds the secrets that settings name; null for the environment of the process.</param>
    /// <param name="placeholders">What {app}, {target} and {revision} stand for in queries; null for nothing.</param>
    /// <returns>The settings; null when there is no such test.</returns>
    /// <exception cref="ArgumentException">There is no test of this name.</exception>
    public SettingsReader? OpenTest(string test, Func<string, string?>? lookup = null, IReadOnlyDictionary<string, string>? placeholders = null) => (test switch
    {
        "httpTest" => HttpTest,
        "logTest" => LogTest,
        "metricsTest" => MetricsTest,
        _ => throw new ArgumentException($"'{test}' is none of a target's tests: httpTest, logTest, metricsTest.", nameof(test)),
    }) is { } settings
        ? new SettingsReader(settings, $"{Location}.{test}", lookup) { Places = path => Places.GetValueOrDefault(path), Placeholders = placeholders ?? new Dictionary<string, string>() }
        : null;
}

using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Graphite;

/// <summary>Makes <see cref="GraphiteMetricSource"/>s from settings: {"provider": "graphite", "url": "https://graphite.example.com"}.</summary>
/// <param name="http">The client of all its sources; the caller disposes it.</param>
/// <param name="timeProvider">The clock; null for the system's.</param>
public sealed class GraphiteMetricSourceProvider(HttpClient http, TimeProvider? timeProvider = null) : ISourceProvider<IMetricSource>
{
    internal static readonly IReadOnlyList<string> Known = ["provider", "url", "user", "passwordVariable", "tokenVariable", "timeout", "maximumMegabytes", "functions", "markers"];

    /// <inheritdoc />
    public string Provider => "graphite";

    /// <inheritdoc />
    public IMetricSource Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new GraphiteMetricSource(http, Read(settings), timeProvider);
    }

    /// <summary>Makes the observer that marks deployments in the Graphite that the settings of a source describe, where they say <c>"markers": true</c>.</summary>
    /// <param name="settings">The settings of the source.</param>
    /// <returns>The observer; null when no markers are asked for.</returns>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message names its key path.</exception>
    public GraphiteDeployMarkers? CreateMarkers(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.GetFlag("markers") ? new GraphiteDeployMarkers(http, Read(settings)) : null;
    }

    internal static GraphiteOptions Read(SettingsReader settings)
    {
        settings.RefuseUnknown(Known);
        var server = MetricServerSettings.Read(settings);
        var defaults = new GraphiteOptions { Url = server.Url };
        return defaults with
        {
            User = server.User,
            Password = server.Password,
            Token = server.Token,
            Functions = settings.GetList("functions"),
            Timeout = server.Timeout ?? defaults.Timeout,
            MaximumAnswerBytes = server.MaximumAnswerBytes ?? defaults.MaximumAnswerBytes,
        };
    }
}

using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Graphite;

/// <summary>Makes <see cref="GraphiteMetricSource"/>s from settings: {"provider": "graphite", "url": "https://graphite.example.com"}.</summary>
/// <param name="http">The client of all its sources; the caller disposes it.</param>
/// <param name="timeProvider">The clock; null for the system's.</param>
public sealed class GraphiteMetricSourceProvider(HttpClient http, TimeProvider? timeProvider = null) : ISourceProvider<IMetricSource>
{
    internal static readonly IReadOnlyList<string> Known = ["provider", "url", "user", "passwordVariable", "tokenVariable", "timeout", "maximumMegabytes"];

    /// <inheritdoc />
    public string Provider => "graphite";

    /// <inheritdoc />
    public IMetricSource Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new GraphiteMetricSource(http, Read(settings), timeProvider);
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
            Timeout = server.Timeout ?? defaults.Timeout,
            MaximumAnswerBytes = server.MaximumAnswerBytes ?? defaults.MaximumAnswerBytes,
        };
    }
}

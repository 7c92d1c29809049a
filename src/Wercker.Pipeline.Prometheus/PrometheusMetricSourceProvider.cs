using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Prometheus;

/// <summary>Makes <see cref="PrometheusMetricSource"/>s from settings: {"provider": "prometheus", "url": "https://prometheus.example.com"}.</summary>
/// <param name="http">The client of all its sources; the caller disposes it.</param>
/// <param name="timeProvider">The clock; null for the system's.</param>
public sealed class PrometheusMetricSourceProvider(HttpClient http, TimeProvider? timeProvider = null) : ISourceProvider<IMetricSource>
{
    internal static readonly IReadOnlyList<string> Known = ["provider", "url", "user", "passwordVariable", "tokenVariable", "step", "timeout", "maximumMegabytes"];

    /// <inheritdoc />
    public string Provider => "prometheus";

    /// <inheritdoc />
    public IMetricSource Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new PrometheusMetricSource(http, Read(settings), timeProvider);
    }

    internal static PrometheusOptions Read(SettingsReader settings)
    {
        settings.RefuseUnknown(Known);
        var server = MetricServerSettings.Read(settings);
        var defaults = new PrometheusOptions { Url = server.Url };
        return defaults with
        {
            User = server.User,
            Password = server.Password,
            Token = server.Token,
            Step = settings.GetDuration("step") ?? defaults.Step,
            Timeout = server.Timeout ?? defaults.Timeout,
            MaximumAnswerBytes = server.MaximumAnswerBytes ?? defaults.MaximumAnswerBytes,
        };
    }
}

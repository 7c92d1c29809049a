using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;

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
        var options = new PrometheusOptions
        {
            Url = settings.GetUrl("url") ?? throw settings.Fault("url", "is missing. Write the address of Prometheus."),
            User = settings.GetText("user"),
            Password = settings.GetSecret("passwordVariable"),
            Token = settings.GetSecret("tokenVariable"),
        };
        return options with
        {
            Step = settings.GetDuration("step") ?? options.Step,
            Timeout = settings.GetDuration("timeout") ?? options.Timeout,
            MaximumAnswerBytes = settings.GetInteger("maximumMegabytes", 1, 1 << 20) is { } megabytes ? megabytes * 1024L * 1024 : options.MaximumAnswerBytes,
        };
    }
}

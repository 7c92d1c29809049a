using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;

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
        var options = new GraphiteOptions
        {
            Url = settings.GetUrl("url") ?? throw settings.Fault("url", "is missing. Write the address of graphite-web."),
            User = settings.GetText("user"),
            Password = settings.GetSecret("passwordVariable"),
            Token = settings.GetSecret("tokenVariable"),
        };
        return options with
        {
            Timeout = settings.GetDuration("timeout") ?? options.Timeout,
            MaximumAnswerBytes = settings.GetInteger("maximumMegabytes", 1, 1 << 20) is { } megabytes ? megabytes * 1024L * 1024 : options.MaximumAnswerBytes,
        };
    }
}

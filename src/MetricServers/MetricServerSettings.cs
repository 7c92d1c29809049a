using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>The settings that all servers of metrics have. What is not set is null.</summary>
internal sealed record MetricServerSettings(Uri Url, string? User, Secret? Password, Secret? Token, TimeSpan? Timeout, long? MaximumAnswerBytes)
{
    /// <exception cref="ConfigurationException">One is missing or wrong; the message names its key path.</exception>
    public static MetricServerSettings Read(SettingsReader settings) => new(
        settings.GetUrl("url") ?? throw settings.Fault("url", "is missing. Write the address of the server."),
        settings.GetText("user"),
        settings.GetSecret("passwordVariable"),
        settings.GetSecret("tokenVariable"),
        settings.GetDuration("timeout"),
        settings.GetInteger("maximumMegabytes", 1, 1 << 20) * 1024L * 1024);
}

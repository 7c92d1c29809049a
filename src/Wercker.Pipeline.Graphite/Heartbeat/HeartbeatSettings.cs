namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>What the options and the environment say together.</summary>
internal sealed record HeartbeatSettings(CarbonAddress Address, IReadOnlyList<string> Names, TimeSpan Interval)
{
    /// <summary>Finds the settings.</summary>
    /// <param name="options">What the author says.</param>
    /// <param name="lookup">Finds environment variables.</param>
    /// <exception cref="ConfigurationException">They are not enough, or wrong; the message says what to do.</exception>
    public static HeartbeatSettings Of(HeartbeatOptions options, Func<string, string?> lookup)
    {
        var url = First(options.Url, "WERCKER_METRICS_URL") ?? throw new ConfigurationException("WERCKER_METRICS_URL is not set: set it to where carbon receives, \"graphite.example.com:2003\".");
        var key = First(options.Key, "WERCKER_METRICS_KEY") ?? throw new ConfigurationException("WERCKER_METRICS_KEY is not set: set it to what the names of the metrics begin with.");
        var host = First(options.Host, "WERCKER_METRICS_HOST", "DYNO") ?? Environment.MachineName;
        if (!CarbonAddress.TryParse(url, out var address))
        {
            throw new ConfigurationException($"WERCKER_METRICS_URL is '{url}': write host:port, tcp://host:port or pickle://host:port.");
        }

        return options.Interval < TimeSpan.FromSeconds(1)
            ? throw new ConfigurationException($"The interval of the heartbeat is {options.Interval}: it must be at least a second.")
            : new HeartbeatSettings(address, HeartbeatNames.Of(key, host, First(options.Version, "WERCKER_GIT_COMMIT", "HEROKU_SLUG_COMMIT")), options.Interval);

        string? First(string? option, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                option ??= lookup(name) is { Length: > 0 } value ? value : null;
            }

            return option;
        }
    }
}

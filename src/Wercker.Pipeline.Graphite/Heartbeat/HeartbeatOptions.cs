namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>Where an application's heartbeat goes and what it is called. What is null is taken from the environment.</summary>
public sealed class HeartbeatOptions
{
    /// <summary>
    /// Where carbon receives: "graphite.example.com", "graphite.example.com:2003" or "tcp://graphite.example.com:2003" for the plaintext
    /// protocol, "pickle://graphite.example.com:2004" for the pickle protocol. Null for WERCKER_METRICS_URL.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>What the names of the metrics begin with; it may have dots. Null for WERCKER_METRICS_KEY.</summary>
    public string? Key { get; set; }

    /// <summary>The name of this instance. Null for WERCKER_METRICS_HOST, else DYNO as Heroku sets it, else the machine's name.</summary>
    public string? Host { get; set; }

    /// <summary>The version that runs. Null for WERCKER_GIT_COMMIT, else HEROKU_SLUG_COMMIT; without any, no version is sent.</summary>
    public string? Version { get; set; }

    /// <summary>The time between two beats; at least a second, which is the resolution of Graphite. Default: 30 seconds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);
}

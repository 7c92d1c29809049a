namespace Wercker.Pipeline.Ssh;

/// <summary>How a fleet gets a new version: in which waves, how many hosts at a time, and what may go wrong.</summary>
public sealed record SshFleet
{
    /// <summary>
    /// The sizes of the waves, as numbers of hosts or as parts of the fleet: ["1", "10%"] is one host, then a tenth of the fleet, then the rest. Empty by
    /// default: all hosts in one wave.
    /// </summary>
    public IReadOnlyList<string> Waves { get; init; } = [];

    /// <summary>How many hosts are worked on at a time. Default: 16.</summary>
    public int Parallelism { get; init => field = value >= 1 ? value : throw new ConfigurationException($"Parallelism is {value}: at least one host is worked on."); } = 16;

    /// <summary>How long to wait between two waves, before the tests of a wave. Default: no time.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>How many hosts of the fleet may fail before the deployment does. Default: 0.</summary>
    public int MaxFailedHosts { get; init => field = value >= 0 ? value : throw new ConfigurationException($"MaxFailedHosts is {value}: it cannot be negative."); }

    /// <summary>Leaves out hosts that cannot be reached, with a warning, instead of counting them as failed. Default: false.</summary>
    public bool SkipUnreachable { get; init; }

    /// <summary>
    /// Adds the tests that every wave but the last must pass: <c>wave => wave.AddHttpTest("web", test => ...)</c>. They run in a pipeline of their own, whose
    /// report becomes evidence; the last wave is followed by the tests of the deployment itself. Null for none.
    /// </summary>
    public Action<DeployPipelineBuilder>? WaveTests { get; init; }
}

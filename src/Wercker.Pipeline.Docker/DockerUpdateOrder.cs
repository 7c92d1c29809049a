namespace Wercker.Pipeline.Docker;

/// <summary>What comes first when a task of a Swarm service is replaced.</summary>
public enum DockerUpdateOrder
{
    /// <summary>The old one is stopped, then the new one is started.</summary>
    StopFirst,

    /// <summary>The new one is started and must be healthy, then the old one is stopped.</summary>
    StartFirst,
}

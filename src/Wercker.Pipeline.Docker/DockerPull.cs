namespace Wercker.Pipeline.Docker;

/// <summary>When the image of a service is asked of its registry.</summary>
public enum DockerPull
{
    /// <summary>In every deployment: a tag may have moved.</summary>
    Always,

    /// <summary>When the engine does not have it.</summary>
    Missing,

    /// <summary>Never: the image is built on the engine, or loaded into it.</summary>
    Never,
}

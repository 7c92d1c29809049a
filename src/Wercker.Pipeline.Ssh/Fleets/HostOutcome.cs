namespace Wercker.Pipeline.Ssh.Fleets;

/// <summary>What became of one host.</summary>
/// <param name="Host">The host.</param>
/// <param name="State">What.</param>
/// <param name="Detail">In words; null when the state says it all.</param>
internal sealed record HostOutcome(SshHost Host, HostState State, string? Detail = null)
{
    public bool IsGood => State is HostState.Done or HostState.Already;
}

/// <summary>States of a host.</summary>
internal enum HostState
{
    /// <summary>It was not its turn.</summary>
    NotTried,

    /// <summary>It did what it was asked.</summary>
    Done,

    /// <summary>It was so before.</summary>
    Already,

    /// <summary>It said no.</summary>
    Failed,

    /// <summary>It could not be reached.</summary>
    Unreachable,
}

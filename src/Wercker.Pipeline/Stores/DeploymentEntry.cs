namespace Wercker.Pipeline.Stores;

/// <summary>A deployment as the list has it. The whole story is in its events.</summary>
public sealed record DeploymentEntry
{
    /// <summary>The deployment's id.</summary>
    public required string Id { get; init; }

    /// <summary>The pipeline; null when the beginning of the story is missing.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The application; null when the beginning of the story is missing.</summary>
    public string? App { get; init; }

    /// <summary>The revision; null when the beginning of the story is missing.</summary>
    public string? Revision { get; init; }

    /// <summary>The target; null without one.</summary>
    public string? Target { get; init; }

    /// <summary>Who asked for it; null when nobody said.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The verdict; Running also when the process that ran it has ended without one.</summary>
    public required DeployStatus Status { get; init; }

    /// <summary>What became of the target; null while the deployment has not ended.</summary>
    public RestoreStatus? Restore { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>A deployment in one line.</summary>
public sealed record DeploymentLine
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The application; null when the beginning of the story is missing.</summary>
    public string? App { get; init; }

    /// <summary>The revision; null when the beginning of the story is missing.</summary>
    public string? Revision { get; init; }

    /// <summary>The target; null without one.</summary>
    public string? Target { get; init; }

    /// <summary>Who asked for it; null when nobody said.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The verdict.</summary>
    public required DeployStatus Status { get; init; }

    /// <summary>What became of the target; null while the deployment has not ended.</summary>
    public RestoreStatus? Restore { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    internal static DeploymentLine Of(DeploymentEntry entry) => new()
    {
        Id = entry.Id,
        App = entry.App,
        Revision = entry.Revision,
        Target = entry.Target,
        RequestedBy = entry.RequestedBy,
        Status = entry.Status,
        Restore = entry.Restore,
        StartedAt = entry.StartedAt,
        FinishedAt = entry.FinishedAt,
    };
}

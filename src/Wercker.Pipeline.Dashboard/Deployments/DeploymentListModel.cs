namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>A page of deployments.</summary>
public sealed record DeploymentListModel
{
    /// <summary>The project.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>What was looked for.</summary>
    public required DeploymentFilter Filter { get; init; }

    /// <summary>The targets that can be chosen.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What was found, the newest first.</summary>
    public required IReadOnlyList<DeploymentLine> Deployments { get; init; }

    /// <summary>How many there are on all pages.</summary>
    public required int Total { get; init; }

    /// <summary>The filter of the next page; null on the last one.</summary>
    public DeploymentFilter? Next { get; init; }
}

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>The projects that the user may read.</summary>
/// <param name="Projects">The projects, in the order of the options.</param>
public sealed record ProjectListModel(IReadOnlyList<ProjectModel> Projects);

/// <summary>A project at a glance.</summary>
public sealed record ProjectModel
{
    /// <summary>Its name, and what the user may do.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>The names of its targets.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>How many deployments have not ended.</summary>
    public required int Running { get; init; }

    /// <summary>How many questions wait for an answer.</summary>
    public required int Questions { get; init; }

    /// <summary>The latest deployments, the newest first: at most five.</summary>
    public required IReadOnlyList<DeploymentLine> Latest { get; init; }

    /// <summary>Why its store cannot be read now; null when it can.</summary>
    public string? Problem { get; init; }
}

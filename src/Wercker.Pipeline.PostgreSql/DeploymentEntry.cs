namespace Wercker.Pipeline.PostgreSql;

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

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>Which deployments to look for. All that is set must hold.</summary>
public sealed record DeploymentSearch
{
    /// <summary>The exact name of the application; null for all.</summary>
    public string? App { get; init; }

    /// <summary>The exact name of the target; null for all.</summary>
    public string? Target { get; init; }

    /// <summary>The verdict; null for all.</summary>
    public DeployStatus? Status { get; init; }

    /// <summary>A part of id, application, revision, target or requester, without regard to case; null for all.</summary>
    public string? Text { get; init; }

    /// <summary>How many at most. Default: 100.</summary>
    public int Limit { get; init; } = 100;
}

namespace Wercker.Pipeline.Sqlite;

/// <summary>A deployment as the list has it. The whole story is in its events.</summary>
/// <param name="Id">The deployment's id.</param>
/// <param name="Pipeline">The pipeline; null when the beginning of the story is missing.</param>
/// <param name="App">The application.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Target">The target; null without one.</param>
/// <param name="RequestedBy">Who asked for it; null when nobody said.</param>
/// <param name="Status">The verdict; Running also when the process that ran it has ended without one.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="FinishedAt">When it ended; null while it has not.</param>
public sealed record DeploymentEntry(
    string Id, string? Pipeline, string? App, string? Revision, string? Target, string? RequestedBy, DeployStatus Status, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

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

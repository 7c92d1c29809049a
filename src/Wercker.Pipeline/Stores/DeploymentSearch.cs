namespace Wercker.Pipeline.Stores;

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

    /// <summary>Only those that started then or later; null for no limit.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those that started before then; null for no limit.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The id of a deployment: only those that come behind it in the list, where the newest is first. It names the last one of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>How many at most. Default: 100.</summary>
    public int Limit { get; init; } = 100;
}

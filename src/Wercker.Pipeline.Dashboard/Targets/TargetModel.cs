using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Targets;

/// <summary>The targets of a project.</summary>
/// <param name="Project">The project.</param>
/// <param name="Targets">Its targets, in the order of the options; then those that are only held or frozen.</param>
public sealed record TargetListModel(ProjectAccess Project, IReadOnlyList<TargetModel> Targets);

/// <summary>A deploy target. Of its secrets there are only the names.</summary>
public sealed record TargetModel
{
    /// <summary>The project.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its provider; null when nobody says.</summary>
    public string? Provider { get; init; }

    /// <summary>Where its log is; null when nobody says.</summary>
    public string? LogSource { get; init; }

    /// <summary>What its log is asked for; null when nobody says.</summary>
    public string? LogQuery { get; init; }

    /// <summary>Where its metrics are; null when nobody says.</summary>
    public string? MetricsServer { get; init; }

    /// <summary>What the names of its metrics begin with; null when nobody says.</summary>
    public string? MetricsKey { get; init; }

    /// <summary>Its other settings.</summary>
    public required IReadOnlyList<SettingModel> Settings { get; init; }

    /// <summary>The names of its secrets.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Who holds it or has frozen it; null when it is free.</summary>
    public LeaseModel? Lease { get; init; }

    /// <summary>Whether its hosts beat; null when nobody watches its heartbeat, and in lists.</summary>
    public HeartbeatModel? Heartbeat { get; init; }

    /// <summary>True when its heartbeat can be seen on its own page.</summary>
    public bool HasHeartbeat { get; init; }

    /// <summary>The latest deployments to it, the newest first: one in lists, ten on its own page.</summary>
    public required IReadOnlyList<DeploymentLine> Latest { get; init; }
}

/// <summary>A setting.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record SettingModel(string Name, string Value);

/// <summary>Who holds a target.</summary>
public sealed record LeaseModel
{
    /// <summary>True when nobody may deploy until it is thawed; false when a deployment has it.</summary>
    public required bool IsFrozen { get; init; }

    /// <summary>The deployment; null when it is frozen.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>Who is behind it.</summary>
    public required string Owner { get; init; }

    /// <summary>What it says to those who wait; null for nothing.</summary>
    public string? Message { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>True when its process has ended: whoever asks next gets the target.</summary>
    public required bool IsOrphaned { get; init; }
}

/// <summary>Whether the hosts of a target beat.</summary>
/// <param name="State">What was seen.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="CheckedAt">When somebody looked; an answer is kept for ten seconds.</param>
public sealed record HeartbeatModel(HeartbeatState State, string Message, DateTimeOffset CheckedAt)
{
    /// <summary>The hosts, by name, with when each was seen last; null for one that is not seen.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?> Hosts { get; init; } = new Dictionary<string, DateTimeOffset?>();
}

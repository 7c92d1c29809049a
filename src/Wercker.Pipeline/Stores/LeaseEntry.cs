namespace Wercker.Pipeline.Stores;

/// <summary>Who holds a target.</summary>
public sealed record LeaseEntry
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>Grows with every owner.</summary>
    public required long FencingToken { get; init; }

    /// <summary>The deployment; null when the target is frozen.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>Who is behind it.</summary>
    public required string Owner { get; init; }

    /// <summary>The pipeline; null when nobody said.</summary>
    public string? Pipeline { get; init; }

    /// <summary>What it says to those who wait; null for nothing.</summary>
    public string? Message { get; init; }

    /// <summary>Since when, by the owner's clock, or by the server's where the store has one.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>True when the process that held it is known to have ended, or has shown no life for as long as a lease lasts: whoever asks next gets it.</summary>
    public bool IsOrphaned { get; init; }
}

namespace Wercker.Pipeline;

/// <summary>What happened in one step, or in one undo.</summary>
public sealed record StepReport
{
    /// <summary>The step's name, with its stages: "canary/Push".</summary>
    public required string Name { get; init; }

    /// <summary>The verdict.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>One sentence; null when the verdict says it all.</summary>
    public string? Message { get; init; }

    /// <summary>What was seen.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The accident behind an Error, masked, with its stack trace; null otherwise.</summary>
    public string? Error { get; init; }

    /// <summary>True when this step decided against the deployment. Steps that may fail never do.</summary>
    public bool Decided { get; init; }

    /// <summary>When it started; null when it did not.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long it took; null while it runs or when it did not.</summary>
    public TimeSpan? Duration { get; init; }
}

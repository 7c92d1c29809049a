namespace Wercker.Pipeline;

/// <summary>What a deployment would do, found out without side effects.</summary>
public sealed record DeployPlan
{
    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The target's name; null in a pipeline without a target.</summary>
    public string? Target { get; init; }

    /// <summary>The steps in the order in which they would run.</summary>
    public required IReadOnlyList<StepForecast> Steps { get; init; }

    /// <summary>What happens when a step does not succeed, in a few words: that what was done is undone, that nothing is, or who is asked for how long.</summary>
    public required string OnFailure { get; init; }

    /// <summary>Environment variables that steps need and nobody sets, secrets included.</summary>
    public required IReadOnlyList<string> MissingVariables { get; init; }

    /// <summary>True when nothing is missing.</summary>
    public bool IsReady => MissingVariables.Count == 0;
}

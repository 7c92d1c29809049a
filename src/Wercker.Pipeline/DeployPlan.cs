namespace Wercker.Pipeline;

/// <summary>What a deployment would do, found out without side effects.</summary>
public sealed record DeployPlan
{
    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The target's name; null in a pipeline without a target.</summary>
    public string? Target { get; init; }

    /// <summary>The steps in the order in which they would run.</summary>
    public required IReadOnlyList<PlannedStep> Steps { get; init; }

    /// <summary>Environment variables that steps need and nobody sets, secrets included.</summary>
    public required IReadOnlyList<string> MissingVariables { get; init; }

    /// <summary>True when nothing is missing.</summary>
    public bool IsReady => MissingVariables.Count == 0;
}

/// <summary>One step of a plan.</summary>
/// <param name="Name">The step's name, with its stages: "canary/Push".</param>
/// <param name="Forecast">What it would do.</param>
/// <param name="Conditions">Conditions that can be told only when the step's turn comes.</param>
public sealed record PlannedStep(string Name, StepForecast Forecast, IReadOnlyList<string> Conditions);

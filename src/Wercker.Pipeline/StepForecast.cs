namespace Wercker.Pipeline;

/// <summary>What a step would do.</summary>
public sealed record StepForecast
{
    /// <summary>The step's name, with its stages: "canary/Push". Set by the plan.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Conditions that can be told only when the step's turn comes. Set by the plan.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>One sentence: what would happen.</summary>
    public string? Description { get; init; }

    /// <summary>Why the step would be skipped; null when it would run.</summary>
    public string? SkipReason { get; init; }

    /// <summary>The commands that would run, hidden ones as "(hidden)".</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Names of environment variables without which the step cannot run.</summary>
    public IReadOnlyList<string> RequiredVariables { get; init; } = [];

    /// <summary>What should be said to the author, for example settings that have no effect here.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The step would run.</summary>
    /// <param name="description">What would happen.</param>
    /// <returns>The forecast.</returns>
    public static StepForecast Runs(string description) => new() { Description = description };

    /// <summary>The step would be skipped.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The forecast.</returns>
    public static StepForecast Skips(string reason) => new() { SkipReason = reason };
}

using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>A deployment, whole.</summary>
/// <remarks>Its texts are masked and still hostile: pages encode them.</remarks>
public sealed record DeploymentModel
{
    /// <summary>The project.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>The fold of its events: phases, steps, evidence, undo, decisions, warnings, who started what.</summary>
    public required DeployReport Report { get; init; }

    /// <summary>The sentence of the step that decided; null when none did.</summary>
    public string? Cause { get; init; }

    /// <summary>In which state the target is, in a sentence.</summary>
    public required string TargetState { get; init; }

    /// <summary>What to do next, the most urgent first.</summary>
    public required IReadOnlyList<string> NextSteps { get; init; }

    /// <summary>The questions that wait for an answer, with the choices that each allows; the oldest first.</summary>
    public required IReadOnlyList<DecisionRequest> Questions { get; init; }

    /// <summary>What it waits for besides people, with when that is over.</summary>
    public required IReadOnlyList<WaitModel> Waits { get; init; }

    /// <summary>Who asked first that it be canceled; null when nobody did.</summary>
    public string? CancelRequestedBy { get; init; }

    /// <summary>Why it will not go on by itself: its process has ended, or nobody holds its target any more. Null when it runs, or has ended.</summary>
    public string? Interrupted { get; init; }

    /// <summary>Where the deployed files come from, in words; null without a source.</summary>
    public string? Source { get; init; }

    /// <summary>The deployment before it in the same list, to be compared with; null when there is none.</summary>
    public string? PreviousId { get; init; }

    /// <summary>How many bytes of output there are; null without a log.</summary>
    public long? LogBytes { get; init; }

    /// <summary>Where its server-sent events go on behind what this model shows.</summary>
    public required string Cursor { get; init; }
}

/// <summary>A wait whose end is known.</summary>
/// <param name="Step">The step that waits.</param>
/// <param name="What">What for: "warm-up".</param>
/// <param name="Until">When it is over.</param>
public sealed record WaitModel(string Step, string What, DateTimeOffset Until);

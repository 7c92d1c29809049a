using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Stores;

/// <summary>What a person did to a deployment or a target.</summary>
public sealed record ActionEntry
{
    /// <summary>Grows with every action of a store; given by the store.</summary>
    public long Number { get; init; }

    /// <summary>When, by the store's clock; given by the store.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>What: "unlock", "freeze", "thaw", "cancel" or "decide"; any other word for what a host records itself.</summary>
    public required string Kind { get; init; }

    /// <summary>The deployment; null when it was about a target alone.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>The target; null when it was about a deployment alone.</summary>
    public string? Target { get; init; }

    /// <summary>Of an answer: the question's id.</summary>
    public string? QuestionId { get; init; }

    /// <summary>Of an answer: the choice.</summary>
    public DecisionChoice? Choice { get; init; }

    /// <summary>Why, or what was said with it; null when nobody said.</summary>
    public string? Reason { get; init; }
}

using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Decisions;

/// <summary>A question to a person, and the decision once there is one. It is journaled before anybody is asked.</summary>
public sealed record DecisionRequest
{
    /// <summary>Names the question, also after a restart: the deployment's id, '-', and the number of the question.</summary>
    public required string Id { get; init; }

    /// <summary>The deployment.</summary>
    public required string DeploymentId { get; init; }

    /// <summary>The step that it is about, with its stages.</summary>
    public required string Step { get; init; }

    /// <summary>What is asked, in one masked sentence that says what happened.</summary>
    public required string Question { get; init; }

    /// <summary>What may be answered.</summary>
    public required IReadOnlyList<DecisionChoice> Choices { get; init; }

    /// <summary>What counts when nobody has decided until <see cref="Due"/>.</summary>
    public required DecisionChoice Default { get; init; }

    /// <summary>How often it was asked over this step, this time included: 2 after a first retry.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>When it was asked first.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Until when it can be answered. A restart does not move it.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>The decision; null while there is none.</summary>
    public Decision? Decision { get; init; }

    /// <summary>True for the question of a gate, false for one over a step that did not succeed.</summary>
    [JsonIgnore]
    internal bool IsGate => Choices.Contains(DecisionChoice.Approve);
}

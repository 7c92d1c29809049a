using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Reports;

/// <summary>A question and its decision in report.json.</summary>
internal sealed record DecisionDocument
{
    public required string Id { get; init; }

    public required string Step { get; init; }

    public required string Question { get; init; }

    public required IReadOnlyList<DecisionChoice> Choices { get; init; }

    public required DecisionChoice Default { get; init; }

    public required int Attempt { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required DateTimeOffset Due { get; init; }

    /// <summary>Null as long as nobody has decided, and so are the members after it.</summary>
    public required DecisionChoice? Choice { get; init; }

    public required string? By { get; init; }

    public required string? Reason { get; init; }

    public required DateTimeOffset? DecidedAt { get; init; }

    public static DecisionDocument Of(DecisionRequest request) => new()
    {
        Id = request.Id,
        Step = request.Step,
        Question = request.Question,
        Choices = request.Choices,
        Default = request.Default,
        Attempt = request.Attempt,
        AskedAt = request.AskedAt,
        Due = request.Due,
        Choice = request.Decision?.Choice,
        By = request.Decision?.By,
        Reason = request.Decision?.Reason,
        DecidedAt = request.Decision?.At,
    };

    public DecisionRequest ToRequest(string deploymentId) => new()
    {
        Id = Id,
        DeploymentId = deploymentId,
        Step = Step,
        Question = Question,
        Choices = Choices,
        Default = Default,
        Attempt = Attempt,
        AskedAt = AskedAt,
        Due = Due,
        Decision = Choice is { } choice ? new Decision(choice, By ?? string.Empty, Reason) { At = DecidedAt } : null,
    };
}

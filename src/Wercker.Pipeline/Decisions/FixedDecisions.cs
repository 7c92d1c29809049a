namespace Wercker.Pipeline.Decisions;

/// <summary>Decides by a rule.</summary>
internal sealed class FixedDecisions(IReadOnlyList<DecisionChoice> choices) : IDecisionProvider
{
    /// <inheritdoc />
    public ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        var choice = choices[Math.Min(request.Attempt, choices.Count) - 1];
        return new(request.Choices.Contains(choice)
            ? new Decision(choice, "a fixed rule")
            : new Decision(request.Default, "a fixed rule", $"{DecisionWords.Of(choice)} was not offered"));
    }
}

namespace Wercker.Pipeline.Decisions;

/// <summary>What somebody decided.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="By">Who: a person, or the rule that decided in the place of one. It is recorded and shown in every report.</param>
/// <param name="Reason">Why; null when nobody said.</param>
public sealed record Decision(DecisionChoice Choice, string By, string? Reason = null)
{
    /// <summary>When it was recorded; null before.</summary>
    public DateTimeOffset? At { get; init; }
}

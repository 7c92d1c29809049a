using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Tool;

/// <summary>Questions and decisions for people, as text.</summary>
internal static class DecisionText
{
    /// <summary>The word that people type for a choice.</summary>
    public static string Of(DecisionChoice choice) => choice == DecisionChoice.RollBack ? "roll-back" : choice.ToString().ToLowerInvariant();

    public static string Of(IEnumerable<DecisionChoice> choices) => string.Join(", ", choices.Select(Of));

    /// <summary>"roll-back by ann: the shop is empty", or until when somebody can decide.</summary>
    public static string Of(DecisionRequest request) => request.Decision is { } decision
        ? $"{Of(decision.Choice)} by {decision.By}{(decision.Reason is { Length: > 0 } reason ? $": {reason}" : string.Empty)}"
        : $"open until {ReportText.Time(request.Due)}, then {Of(request.Default)}";

    /// <summary>What is asked, and how to answer it from another terminal.</summary>
    public static string Ask(DecisionRequest request) =>
        $"{request.Question}\nDecide with 'wercker decide {request.DeploymentId} {string.Join('|', request.Choices.Select(Of))} --reason TEXT' until {ReportText.Time(request.Due)}; without an answer: {Of(request.Default)}.";
}

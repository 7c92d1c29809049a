namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>An answer to a question.</summary>
/// <param name="Question">The question's id.</param>
/// <param name="Choice">One of the choices that it allows: "retry", "ignore", "fail", "roll-back", "approve", "reject".</param>
/// <param name="Reason">Why; null when nobody says.</param>
public sealed record AnswerInput(string Question, string Choice, string? Reason = null);

/// <summary>A freeze.</summary>
/// <param name="Message">What those who want to deploy are told.</param>
public sealed record FreezeInput(string Message);

/// <summary>A thaw, or an unlock.</summary>
/// <param name="Reason">Why; it is recorded.</param>
public sealed record ReasonInput(string Reason);

using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>A question that a deployment waits over, with a button for each choice.</summary>
public sealed partial class QuestionCard
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>The question.</summary>
    [Parameter, EditorRequired]
    public DecisionRequest Question { get; set; } = null!;

    private string HeadingId => $"question-{Question.Id}";

    private static string? ClassOf(DecisionChoice choice) => choice switch
    {
        DecisionChoice.Approve or DecisionChoice.Retry => "agree",
        DecisionChoice.Reject or DecisionChoice.Fail or DecisionChoice.RollBack => "harm",
        _ => null,
    };
}

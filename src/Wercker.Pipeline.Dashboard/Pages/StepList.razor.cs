using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>Steps from top to bottom, each with its verdict, its time, what it said and its evidence.</summary>
public sealed partial class StepList
{
    private const int MostEvidence = 30;

    /// <summary>The steps.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<StepReport> Steps { get; set; } = [];

    /// <summary>What the list is called for those who do not see it.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = string.Empty;

    /// <summary>The first word of the ids of its rows.</summary>
    [Parameter, EditorRequired]
    public string Anchor { get; set; } = string.Empty;

    /// <summary>True while the deployment runs: what has not run may still.</summary>
    [Parameter]
    public bool IsRunning { get; set; }

    private static string RowClass(StepReport step) => step switch
    {
        { Status: StepStatus.Running } => "running",
        { Status: StepStatus.NotRun } => "waiting",
        { Decided: true } => "decided",
        _ => "done",
    };
}

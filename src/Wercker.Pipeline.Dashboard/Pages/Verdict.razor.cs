using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>A verdict as a sign, a word and a colour.</summary>
public sealed partial class Verdict
{
    /// <summary>The verdict on a deployment; null when it is one on a step.</summary>
    [Parameter]
    public DeployStatus? Of { get; set; }

    /// <summary>The verdict on a step; null when it is one on a deployment.</summary>
    [Parameter]
    public StepStatus? OfStep { get; set; }

    /// <summary>True in the head of a page.</summary>
    [Parameter]
    public bool Large { get; set; }

    private string Class => Of is { } deploy ? Wording.ClassOf(deploy) : Wording.ClassOf(OfStep ?? StepStatus.NotRun);

    private string Sign => Of is { } deploy ? Wording.SignOf(deploy) : Wording.SignOf(OfStep ?? StepStatus.NotRun);

    private string Word => Of is { } deploy ? Wording.WordOf(deploy) : Wording.WordOf(OfStep ?? StepStatus.NotRun);
}

using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>A step in a cell of a table: its verdict, its time, its sentence.</summary>
public sealed partial class StepCell
{
    /// <summary>The step; null when the deployment had none of this name.</summary>
    [Parameter, EditorRequired]
    public StepReport? Step { get; set; }
}

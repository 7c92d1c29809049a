using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>Deployments, one in a row.</summary>
public sealed partial class DeploymentTable
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>The name of their project.</summary>
    [Parameter, EditorRequired]
    public string Project { get; set; } = string.Empty;

    /// <summary>The deployments.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<DeploymentLine> Deployments { get; set; } = [];

    /// <summary>True where they are of several targets.</summary>
    [Parameter]
    public bool ShowTarget { get; set; }

    /// <summary>True where two of them can be chosen, within a form, to be compared.</summary>
    [Parameter]
    public bool PickBox { get; set; }
}

using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The targets of a project.</summary>
public sealed partial class TargetsPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public TargetListModel Model { get; set; } = null!;
}

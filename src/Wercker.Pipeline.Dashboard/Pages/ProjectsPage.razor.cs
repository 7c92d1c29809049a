using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The projects that the user may read.</summary>
public sealed partial class ProjectsPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public ProjectListModel Model { get; set; } = null!;
}

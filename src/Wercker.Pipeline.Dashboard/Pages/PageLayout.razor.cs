using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>What stands around every page.</summary>
public sealed partial class PageLayout
{
    /// <summary>What the page knows.</summary>
    [Parameter]
    [EditorRequired]
    public required PageContext Context { get; set; }

    /// <summary>The page's title.</summary>
    [Parameter]
    [EditorRequired]
    public required string Title { get; set; }

    /// <summary>What stands in it.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }
}

using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>Why something cannot be shown or done, and where to go from here.</summary>
public sealed partial class ErrorPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public ErrorModel Model { get; set; } = null!;
}

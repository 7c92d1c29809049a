using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The log of a deployment, a page at a time.</summary>
public sealed partial class LogPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public LogPageModel Model { get; set; } = null!;
}

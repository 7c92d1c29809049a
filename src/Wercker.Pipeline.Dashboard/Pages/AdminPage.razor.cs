using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Connections;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The connections, each with a test that really asks.</summary>
public sealed partial class AdminPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public AdminModel Model { get; set; } = null!;
}

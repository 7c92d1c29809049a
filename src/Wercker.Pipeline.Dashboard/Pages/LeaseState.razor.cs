using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>Whether a target is free, and if not, who has it.</summary>
public sealed partial class LeaseState
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>The name of the project.</summary>
    [Parameter, EditorRequired]
    public string Project { get; set; } = string.Empty;

    /// <summary>Who holds it; null when it is free.</summary>
    [Parameter, EditorRequired]
    public LeaseModel? Lease { get; set; }
}

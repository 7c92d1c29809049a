using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>What is known of a target: provider, log, metrics, settings, the names of its secrets.</summary>
public sealed partial class TargetFacts
{
    /// <summary>The target.</summary>
    [Parameter, EditorRequired]
    public TargetModel Model { get; set; } = null!;

    /// <summary>True for all settings, false for where its log and its metrics are.</summary>
    [Parameter]
    public bool Whole { get; set; }
}

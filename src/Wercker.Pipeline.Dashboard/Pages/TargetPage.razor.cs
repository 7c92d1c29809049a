using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>One target: its settings, whether it beats, who holds it, its latest deployments.</summary>
public sealed partial class TargetPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public TargetModel Model { get; set; } = null!;

    private static string BeatClass(HeartbeatState state) => state switch
    {
        HeartbeatState.Seen => "good",
        HeartbeatState.NotSeen => "bad",
        _ => "doubt",
    };

    private static string BeatSign(HeartbeatState state) => state switch
    {
        HeartbeatState.Seen => "♥",
        HeartbeatState.NotSeen => "✗",
        _ => "?",
    };

    private static string BeatWord(HeartbeatState state) => state switch
    {
        HeartbeatState.Seen => "Seen now",
        HeartbeatState.NotSeen => "Not seen",
        _ => "Cannot be asked",
    };
}

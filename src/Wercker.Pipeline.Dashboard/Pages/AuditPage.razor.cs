using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Actions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>What people did in a project.</summary>
public sealed partial class AuditPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public AuditModel Model { get; set; } = null!;

    private static string WordOf(ActionEntry action) => action.Kind switch
    {
        "decide" => $"Answered {(action.Choice is { } choice ? Wording.WordOf(choice).ToLowerInvariant() : "a question")}",
        "cancel" => "Canceled",
        "freeze" => "Froze",
        "thaw" => "Thawed",
        "unlock" => "Unlocked",
        _ => Wording.Line(action.Kind),
    };
}

using System.Globalization;
using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The lines of a log, with the ways through them.</summary>
public sealed partial class LogView
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>The name of the project.</summary>
    [Parameter, EditorRequired]
    public string Project { get; set; } = string.Empty;

    /// <summary>The deployment's id.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = string.Empty;

    /// <summary>True when no line will come.</summary>
    [Parameter, EditorRequired]
    public bool IsClosed { get; set; }

    /// <summary>The lines; null where the script fetches them.</summary>
    [Parameter]
    public LogPageModel? Page { get; set; }

    private string Address => Context.Urls.Log(Project, Id);

    private long? First => Page?.Lines is [var first, ..] ? first.Number : null;

    private long? Last => Page?.Lines is [.., var last] ? last.Number : null;

    private string State => Page switch
    {
        { Damage: { } damage } => damage,
        null => "The lines are shown here with JavaScript; without it, open the log.",
        { Total: 0 } => IsClosed ? "There is no output." : "No output yet.",
        { Total: var total } => string.Create(CultureInfo.InvariantCulture, $"Lines {First:N0} to {Last:N0} of {total:N0}"),
    };

    private static string? RowClass(LogLine line) => line.Stream is "err" or "note" or "pipe" ? line.Stream : null;
}

using System.Globalization;
using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The deployments of a project: search, filter, page after page.</summary>
public sealed partial class DeploymentsPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public DeploymentListModel Model { get; set; } = null!;

    private bool IsFiltered => Model.Filter is not { Text: null or "", Target: null or "", Status: null, Since: null, Until: null };

    /// <summary>Also the one that was asked for and that nobody knows any more: a form must not change what it was sent with.</summary>
    private IEnumerable<string> TargetChoices =>
        Model.Filter.Target is { Length: > 0 } chosen && !Model.Targets.Contains(chosen, StringComparer.Ordinal) ? [.. Model.Targets, chosen] : Model.Targets;

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

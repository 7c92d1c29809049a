using System.Globalization;
using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>Two deployments side by side.</summary>
public sealed partial class ComparePage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public ComparisonModel Model { get; set; } = null!;

    private IEnumerable<(string Side, DeployReport Report)> Sides => [("left", Model.Left), ("right", Model.Right)];

    private static string More(double? seconds) => seconds switch
    {
        null => "–",
        < 0.05 and > -0.05 => "as long",
        { } more => more.ToString("+0.0 s;−0.0 s", CultureInfo.InvariantCulture),
    };
}

using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>A moment, for people and for programs.</summary>
public sealed partial class Moment
{
    /// <summary>The moment.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset At { get; set; }

    /// <summary>True in tables, where "UTC" in each row would say what the page's foot says once.</summary>
    [Parameter]
    public bool Bare { get; set; }
}

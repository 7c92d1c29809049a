using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>What every form that posts must have, or nothing is done.</summary>
public sealed partial class TokenField
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;
}

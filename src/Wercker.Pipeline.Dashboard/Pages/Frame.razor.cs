using Microsoft.AspNetCore.Components;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>What stands around every page: head, landmarks, navigation, what was done a moment ago.</summary>
public sealed partial class Frame
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>The page's name, for the window's title.</summary>
    [Parameter, EditorRequired]
    public string Heading { get; set; } = string.Empty;

    /// <summary>The section of the navigation that the page belongs to.</summary>
    [Parameter]
    public PageSection Section { get; set; }

    /// <summary>True when the page is a part of its section and not the section's own page.</summary>
    [Parameter]
    public bool IsPart { get; set; }

    /// <summary>The address whose twin in the API says the same as the page; null when there is none.</summary>
    [Parameter]
    public string? Json { get; set; }

    /// <summary>The way from the projects to here, as list items; null on the first page.</summary>
    [Parameter]
    public RenderFragment? Crumbs { get; set; }

    /// <summary>The page.</summary>
    [Parameter, EditorRequired]
    public RenderFragment? ChildContent { get; set; }

    private IEnumerable<(PageSection Section, string Words, string Address)> Sections
    {
        get
        {
            yield return (PageSection.Projects, "Projects", Context.Urls.Home);
            if (Context.Project is { Name: var name })
            {
                yield return (PageSection.Deployments, "Deployments", Context.Urls.Project(name));
                yield return (PageSection.Targets, "Targets", Context.Urls.Targets(name));
                yield return (PageSection.Audit, "Audit", Context.Urls.Audit(name));
            }

            if (Context.MayAdmin)
            {
                yield return (PageSection.Admin, "Admin", Context.Urls.Admin);
            }
        }
    }
}

/// <summary>The entries of the navigation.</summary>
public enum PageSection
{
    /// <summary>None of them.</summary>
    None,

    /// <summary>The projects.</summary>
    Projects,

    /// <summary>The deployments of a project.</summary>
    Deployments,

    /// <summary>The targets of a project.</summary>
    Targets,

    /// <summary>What people did.</summary>
    Audit,

    /// <summary>The connections.</summary>
    Admin,
}

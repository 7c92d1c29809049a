using Wercker.Pipeline.Dashboard.Assets;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard;

/// <summary>The addresses of the dashboard's pages, below wherever it is mapped.</summary>
/// <param name="root">Where it is mapped, with the application's own base path: "/deploys", or nothing.</param>
public sealed class DashboardUrls(string root)
{
    /// <summary>The projects.</summary>
    public string Home => root.Length == 0 ? "/" : root;

    /// <summary>The connections.</summary>
    public string Admin => $"{root}/admin";

    /// <summary>All addresses of the dashboard begin with it.</summary>
    public string Root => root;

    /// <summary>The deployments of a project.</summary>
    /// <param name="project">Its name.</param>
    /// <returns>The address.</returns>
    public string Project(string project) => $"{root}/projects/{Escape(project)}";

    /// <summary>The same with what is looked for.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="filter">What is looked for, and where the page begins.</param>
    /// <returns>The address.</returns>
    public string Deployments(string project, DeploymentFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Project(project) + filter.ToQuery();
    }

    /// <summary>The targets of a project.</summary>
    /// <param name="project">Its name.</param>
    /// <returns>The address.</returns>
    public string Targets(string project) => $"{Project(project)}/targets";

    /// <summary>A target. Posting to it with /freeze, /thaw or /unlock behind it does that; so it does below <see cref="Api"/>.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="target">The target's name.</param>
    /// <returns>The address.</returns>
    public string Target(string project, string target) => $"{Targets(project)}/{Escape(target)}";

    /// <summary>What people did.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="before">The number of the last action of the page before; null for the first page.</param>
    /// <returns>The address.</returns>
    public string Audit(string project, long? before = null) => $"{Project(project)}/audit{(before is null ? string.Empty : $"?before={before}")}";

    /// <summary>A deployment. Posting to it with /answer or /cancel behind it does that.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="id">The deployment's id.</param>
    /// <returns>The address.</returns>
    public string Deployment(string project, string id) => $"{Project(project)}/deployments/{Escape(id)}";

    /// <summary>The log of a deployment.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="id">The deployment's id.</param>
    /// <param name="line">The first line to show, from 1; null for the end of the log.</param>
    /// <returns>The address.</returns>
    public string Log(string project, string id, long? line = null) => $"{Deployment(project, id)}/log{(line is null ? string.Empty : $"?line={line}")}";

    /// <summary>The whole log of a deployment, as a file.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="id">The deployment's id.</param>
    /// <returns>The address.</returns>
    public string LogFile(string project, string id) => $"{Deployment(project, id)}/log/file";

    /// <summary>The report of a deployment, as a file.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="id">The deployment's id.</param>
    /// <param name="form">"json", "html", "md" or "junit".</param>
    /// <returns>The address.</returns>
    public string Report(string project, string id, string form) => $"{Deployment(project, id)}/report/{Escape(form)}";

    /// <summary>Two deployments side by side.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="left">The one, as a rule the earlier.</param>
    /// <param name="right">The other.</param>
    /// <returns>The address.</returns>
    public string Compare(string project, string left, string right) => $"{Project(project)}/compare?left={Escape(left)}&right={Escape(right)}";

    /// <summary>Posting to it tests a connection.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="target">The target's name.</param>
    /// <param name="connection">The connection's number within the target.</param>
    /// <returns>The address.</returns>
    public string TestConnection(string project, string target, int connection) => $"{Target(project, target)}/connections/{connection}/test";

    /// <summary>The same thing as JSON: every page, and everything that is posted, has its twin below /api.</summary>
    /// <param name="page">The address of the page.</param>
    /// <returns>The address.</returns>
    public string Api(string page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.StartsWith(root, StringComparison.Ordinal) ? $"{root}/api{(page.Length == root.Length || page == "/" ? "/projects" : page[root.Length..])}" : throw new ArgumentException($"{page} is no page of the dashboard.", nameof(page));
    }

    /// <summary>The server-sent events of a deployment.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="id">The deployment's id.</param>
    /// <param name="cursor">What the page has already: <c>DeploymentModel.Cursor</c> or <c>LogPageModel.Cursor</c>; null for all that is still at hand.</param>
    /// <returns>The address.</returns>
    public string Live(string project, string id, string? cursor = null) => $"{root}/api/projects/{Escape(project)}/deployments/{Escape(id)}/live{(cursor is null ? string.Empty : $"?after={Escape(cursor)}")}";

    /// <summary>A file of wwwroot. It may be cached for ever: the address changes with the content.</summary>
    /// <param name="name">The file's name: "dashboard.css".</param>
    /// <returns>The address.</returns>
    public string Asset(string name) => $"{root}/assets/{DashboardAssets.HashOf(name)}/{Escape(name)}";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}

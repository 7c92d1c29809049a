using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Actions;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Logs;
using Wercker.Pipeline.Dashboard.Pages;
using Wercker.Pipeline.Dashboard.Security;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>Everything that is looked at, for people and for programs.</summary>
internal static class ViewEndpoints
{
    private const int AuditPageSize = 100;
    private const int LogPageSize = 500;
    private const int MostLogLines = 1000;

    public static async Task<IResult> ProjectsAsync(HttpContext context, DashboardGate gate, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        var models = new List<ProjectModel>();
        foreach (var project in visit.Readable)
        {
            models.Add(await DeploymentReader.ReadProjectAsync(project, await gate.AccessOfAsync(context, project).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
        }

        return View.Of<ProjectsPage, ProjectListModel>(new ProjectListModel(models));
    }

    public static async Task<IResult> DeploymentsAsync(string project, HttpContext context, DashboardGate gate, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        var filter = QueryText.ReadFilter(context.Request.Query, out var fault);
        return fault is not null
            ? Refusal.Bad(context, fault)
            : View.Of<DeploymentsPage, DeploymentListModel>(await DeploymentReader.ReadListAsync(
                visit.Project!, await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false), filter, cancellationToken).ConfigureAwait(false));
    }

    public static async Task<IResult> DeploymentAsync(string project, string id, HttpContext context, DashboardGate gate, DeploymentReader reader, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        return await DeploymentReader.FindAsync(visit.Project!, id, cancellationToken).ConfigureAwait(false) is not { } entry
            ? Refusal.NoDeployment(context)
            : View.Of<DeploymentPage, DeploymentModel>(await reader.ReadAsync(
                visit.Project!, await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false), entry, cancellationToken).ConfigureAwait(false));
    }

    public static async Task<IResult> CompareAsync(string project, HttpContext context, DashboardGate gate, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        if (QueryText.Text(context.Request.Query, "left") is not { } left || QueryText.Text(context.Request.Query, "right") is not { } right)
        {
            return Refusal.Bad(context, "Say which two deployments are compared: left and right, each the id of one.");
        }

        if (await DeploymentReader.FindAsync(visit.Project!, left, cancellationToken).ConfigureAwait(false) is null
            || await DeploymentReader.FindAsync(visit.Project!, right, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusal.NoDeployment(context);
        }

        return View.Of<ComparePage, ComparisonModel>(await DeploymentReader.CompareAsync(
            visit.Project!, await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false), left, right, cancellationToken).ConfigureAwait(false));
    }

    public static async Task<IResult> LogAsync(string project, string id, HttpContext context, DashboardGate gate, LogReader reader, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        string? fault = null;
        var line = QueryText.Number(context.Request.Query, "line", 1, long.MaxValue, ref fault);
        var count = (int)(QueryText.Number(context.Request.Query, "count", 1, MostLogLines, ref fault) ?? LogPageSize);
        if (fault is not null)
        {
            return Refusal.Bad(context, fault);
        }

        if (await DeploymentReader.FindAsync(visit.Project!, id, cancellationToken).ConfigureAwait(false) is not { } entry)
        {
            return Refusal.NoDeployment(context);
        }

        return await reader.ReadAsync(visit.Project!, await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false), entry, line, count, cancellationToken).ConfigureAwait(false) is { } model
            ? View.Of<LogPage, LogPageModel>(model)
            : Refusal.NoLog(context);
    }

    public static async Task<IResult> TargetsAsync(string project, HttpContext context, DashboardGate gate, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        return View.Of<TargetsPage, TargetListModel>(await TargetReader.ReadAllAsync(
            visit.Project!, await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
    }

    public static async Task<IResult> TargetAsync(string project, string target, HttpContext context, DashboardGate gate, TimeProvider clock, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        var access = await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false);
        return await TargetReader.ReadAsync(visit.Project!, access, target, clock, cancellationToken).ConfigureAwait(false) is { } model
            ? View.Of<TargetPage, TargetModel>(model)
            : Refusal.NoTarget(context);
    }

    public static async Task<IResult> AuditAsync(string project, HttpContext context, DashboardGate gate, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        string? fault = null;
        var before = QueryText.Number(context.Request.Query, "before", 1, long.MaxValue, ref fault);
        return fault is not null
            ? Refusal.Bad(context, fault)
            : View.Of<AuditPage, AuditModel>(await AuditReader.ReadAsync(
                visit.Project!, await gate.AccessOfAsync(context, visit.Project!).ConfigureAwait(false), before, AuditPageSize, cancellationToken).ConfigureAwait(false));
    }

    public static async Task<IResult> AdminAsync(HttpContext context, DashboardGate gate, ConnectionTests tests)
    {
        var visit = DashboardVisit.Of(context);
        var connections = new List<ConnectionModel>();
        var mayAny = false;
        foreach (var project in visit.Readable)
        {
            if (await gate.AccessOfAsync(context, project).ConfigureAwait(false) is { MayAdmin: true } access)
            {
                mayAny = true;
                connections.AddRange(tests.Describe(project, access));
            }
        }

        return mayAny ? View.Of<AdminPage, AdminModel>(new AdminModel(connections)) : Refusal.Forbidden(context, "You may not administer any project of this dashboard.");
    }

    public static IResult Session(HttpContext context, IAntiforgery antiforgery)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        return TypedResults.Json(new SessionModel(context.User.Identity?.Name, token.HeaderName ?? string.Empty, token.RequestToken ?? string.Empty), DashboardJson.Default.SessionModel);
    }
}

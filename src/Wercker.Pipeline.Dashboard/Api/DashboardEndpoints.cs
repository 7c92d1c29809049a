using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Dashboard.Actions;
using Wercker.Pipeline.Dashboard.Assets;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Feeds;
using Wercker.Pipeline.Dashboard.Live;
using Wercker.Pipeline.Dashboard.Logs;
using Wercker.Pipeline.Dashboard.Security;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>All addresses of the dashboard. What people see below a path, programs have below /api and the same path.</summary>
internal static class DashboardEndpoints
{
    private const string Project = "/projects/{project}";
    private const string Deployment = Project + "/deployments/{id}";
    private const string Target = Project + "/targets/{target}";

    public static void MapTo(RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(Guard);
        MapViews(group);
        MapActions(group);
        MapFiles(group);
    }

    private static void MapViews(RouteGroupBuilder group)
    {
        group.MapGet("", ViewEndpoints.ProjectsAsync).WithMetadata(new EndpointAccess(AccessLevel.Read, 0, true)).ExcludeFromDescription();
        Describe<ProjectListModel>(group.MapGet("/api/projects", ViewEndpoints.ProjectsAsync), "/api/projects", "The projects that you may read.");
        MapView<DeploymentListModel>(group, Project, ViewEndpoints.DeploymentsAsync, "The deployments of a project, the newest first. Query: q, target, status, since, until, after, limit.");
        MapView<DeploymentModel>(group, Deployment, ViewEndpoints.DeploymentAsync, "One deployment: steps, evidence, undo, questions, waits.");
        MapView<LogPageModel>(group, Deployment + "/log", ViewEndpoints.LogAsync, "Lines of its log. Query: line (the end when it is not there), count.");
        MapView<ComparisonModel>(group, Project + "/compare", ViewEndpoints.CompareAsync, "Two deployments side by side. Query: left, right.");
        MapView<TargetListModel>(group, Project + "/targets", ViewEndpoints.TargetsAsync, "The targets of a project.");
        MapView<TargetModel>(group, Target, ViewEndpoints.TargetAsync, "One target, with whether its hosts beat now.");
        MapView<AuditModel>(group, Project + "/audit", ViewEndpoints.AuditAsync, "What people did, the newest first. Query: before.");
        MapView<AdminModel>(group, "/admin", ViewEndpoints.AdminAsync, "The connections, with what their last tests saw.");
        Describe<SessionModel>(group.MapGet("/api/session", ViewEndpoints.Session), "/api/session", "Who you are, and the token that every post needs.");
    }

    private static void MapActions(RouteGroupBuilder group)
    {
        MapAction<AnswerInput>(group, Deployment + "/answer", AccessLevel.Operate, ActionEndpoints.AnswerAsync, "Answers a question of a deployment.");
        MapAction<object>(group, Deployment + "/cancel", AccessLevel.Operate, ActionEndpoints.CancelAsync, "Asks a deployment to cancel, and to undo what it did.");
        MapAction<FreezeInput>(group, Target + "/freeze", AccessLevel.Operate, ActionEndpoints.FreezeAsync, "Lets nobody deploy to a target.");
        MapAction<ReasonInput>(group, Target + "/thaw", AccessLevel.Operate, ActionEndpoints.ThawAsync, "Ends a freeze.");
        MapAction<ReasonInput>(group, Target + "/unlock", AccessLevel.Admin, ActionEndpoints.UnlockAsync, "Takes a target away from whoever holds it.");
        MapAction<object>(group, Target + "/connections/{connection:int:min(0)}/test", AccessLevel.Admin, ActionEndpoints.TestAsync, "Tests a connection: really asks, and says what was seen.");
    }

    private static void MapFiles(RouteGroupBuilder group)
    {
        MapFile(group, Deployment + "/log/file", LogEndpoints.FileAsync, "The whole log.", "text/plain");
        group.MapGet(Deployment + "/log/error", LogEndpoints.FirstErrorAsync).WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(Deployment) + 2, true)).ExcludeFromDescription();
        MapFile(group, Deployment + "/report/{form}", ReportEndpoints.FileAsync, "The report: json, html, md or junit.", "application/octet-stream");
        Describe(
            group.MapGet("/api" + Deployment + "/live", LiveEndpoints.WatchAsync).Produces(StatusCodes.Status200OK, null, "text/event-stream"),
            "/api" + Deployment + "/live",
            "What happens in a deployment, as server-sent events: event, log, gap, reload, end, ping.");
        foreach (var feed in new[] { "/cctray.xml", Project + "/cctray.xml" })
        {
            group.MapGet(feed, CctrayFeed.ReadAsync).WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(feed), false)).ExcludeFromDescription();
        }

        const string Document = "/api/openapi.json";
        group.MapGet(Document, ApiDocument.WriteAsync).WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(Document), false)).ExcludeFromDescription();
        const string Asset = "/assets/{hash}/{name}";
        group.MapGet(Asset, AssetEndpoints.Read).WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(Asset), false)).ExcludeFromDescription();
    }

    /// <summary>The gate before every endpoint. One that does not say who may is never served.</summary>
    private static void Guard(EndpointBuilder endpoint)
    {
        var access = endpoint.Metadata.OfType<EndpointAccess>().LastOrDefault()
            ?? throw new InvalidOperationException($"{endpoint.DisplayName} does not say who may use it, so it is not served.");
        var next = endpoint.RequestDelegate ?? throw new InvalidOperationException($"{endpoint.DisplayName} does nothing.");
        endpoint.RequestDelegate = context => context.RequestServices.GetRequiredService<DashboardGate>().InvokeAsync(context, access, next);
    }

    private static void MapView<TModel>(RouteGroupBuilder group, string pattern, Delegate handler, string summary)
    {
        group.MapGet(pattern, handler).WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(pattern), true)).ExcludeFromDescription();
        Describe<TModel>(group.MapGet("/api" + pattern, handler), "/api" + pattern, summary);
    }

    private static void MapFile(RouteGroupBuilder group, string pattern, Delegate handler, string summary, string contentType)
    {
        group.MapGet(pattern, handler).WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(pattern), true)).ExcludeFromDescription();
        Describe(group.MapGet("/api" + pattern, handler).Produces(StatusCodes.Status200OK, null, contentType), "/api" + pattern, summary);
    }

    private static void MapAction<TInput>(RouteGroupBuilder group, string pattern, AccessLevel level, Delegate handler, string summary)
        where TInput : notnull
    {
        group.MapPost(pattern, handler).WithMetadata(new EndpointAccess(level, DepthOf(pattern), true)).ExcludeFromDescription();
        var api = group.MapPost("/api" + pattern, handler).WithMetadata(new EndpointAccess(level, DepthOf(pattern) + 1, false));
        if (typeof(TInput) != typeof(object))
        {
            api.Accepts<TInput>("application/json");
        }

        if (pattern.EndsWith("/test", StringComparison.Ordinal))
        {
            api.Produces<ConnectionResult>();
        }
        else
        {
            api.Produces(StatusCodes.Status204NoContent);
        }

        Document(api, summary).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static void Describe<TModel>(RouteHandlerBuilder endpoint, string pattern, string summary) => Describe(endpoint.Produces<TModel>(), pattern, summary);

    private static void Describe(RouteHandlerBuilder endpoint, string pattern, string summary) =>
        Document(endpoint.WithMetadata(new EndpointAccess(AccessLevel.Read, DepthOf(pattern), false)), summary);

    private static RouteHandlerBuilder Document(RouteHandlerBuilder endpoint, string summary) => endpoint
        .WithSummary(summary)
        .WithGroupName(ApiDocument.Name)
        .WithTags("Deployments")
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static int DepthOf(string pattern) => pattern.Count(c => c == '/');
}

using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>Server-sent events of a deployment.</summary>
internal static class LiveEndpoints
{
    public static async Task<IResult> WatchAsync(string project, string id, HttpContext context, LiveHub hub, CancellationToken cancellationToken)
    {
        var of = DashboardVisit.Of(context).Project!;
        if (await DeploymentReader.FindAsync(of, id, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusal.NoDeployment(context);
        }

        if (hub.IsFull)
        {
            context.Response.Headers.RetryAfter = "30";
            return Refusal.Of(context, StatusCodes.Status503ServiceUnavailable, "Too many viewers", $"{LiveHub.MostViewers} watch already. Load the page again in a while.");
        }

        // A browser that comes back says what it has; one that comes first has it from its page.
        var has = LiveCursor.Parse(context.Request.Headers["Last-Event-ID"]) ?? LiveCursor.Parse(context.Request.Query["after"]);

        // Proxies that collect an answer before they pass it on would make it anything but live.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(hub.WatchAsync(of, id, has, cancellationToken));
    }
}

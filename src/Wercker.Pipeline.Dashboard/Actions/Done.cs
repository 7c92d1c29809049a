using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Api;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>Something was done. People are sent to where they see it, so that loading the page again does not do it again; programs are told.</summary>
internal sealed class Done(string page, string notice, ConnectionResult? result) : IResult
{
    public static IResult At(string page, string notice, ConnectionResult? result = null) => new Done(page, notice, result);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (!DashboardVisit.Of(httpContext).IsPage)
        {
            return result is null
                ? TypedResults.NoContent().ExecuteAsync(httpContext)
                : TypedResults.Json(result, DashboardJson.Default.ConnectionResult).ExecuteAsync(httpContext);
        }

        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = $"{page}?done={notice}";
        return Task.CompletedTask;
    }
}

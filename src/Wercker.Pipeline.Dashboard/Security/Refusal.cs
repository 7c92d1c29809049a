using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Api;
using Wercker.Pipeline.Dashboard.Pages;

namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>Answers of what cannot be shown or done: a page for people, a problem document (RFC 9457) for programs.</summary>
internal static class Refusal
{
    public static IResult NoProject(HttpContext context) => Of(context, StatusCodes.Status404NotFound, "No such project", "There is no project of this name that you may see.");

    public static IResult NoDeployment(HttpContext context) => Of(context, StatusCodes.Status404NotFound, "No such deployment", "There is no deployment with this id in the project. Logs and deployments that were removed are not found any more.");

    public static IResult NoLog(HttpContext context) => Of(context, StatusCodes.Status404NotFound, "No log", "No log of this deployment is kept: it was removed, or there never was one.");

    public static IResult NoTarget(HttpContext context) => Of(context, StatusCodes.Status404NotFound, "No such target", "There is no target of this name in the project.");

    public static IResult Forbidden(HttpContext context, string message) => Of(context, StatusCodes.Status403Forbidden, "Not allowed", message);

    public static IResult Bad(HttpContext context, string message) => Of(context, StatusCodes.Status400BadRequest, "Not understood", message);

    public static IResult Conflict(HttpContext context, string message) => Of(context, StatusCodes.Status409Conflict, "Not possible now", message);

    public static IResult Of(HttpContext context, int status, string title, string message)
    {
        var visit = DashboardVisit.Of(context);
        if (!visit.IsPage)
        {
            return TypedResults.Problem(message, statusCode: status, title: title);
        }

        var back = visit.Project is { } project ? visit.Urls.Project(project.Name) : visit.Urls.Home;
        return PageResult.Of<ErrorPage, ErrorModel>(new ErrorModel(status, title, message, back), status);
    }
}

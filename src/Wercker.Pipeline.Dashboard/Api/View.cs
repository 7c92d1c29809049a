using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>Shows a model: on a page for people, as JSON for programs.</summary>
internal static class View
{
    public static IResult Of<TPage, TModel>(TModel model)
        where TPage : IComponent
        where TModel : class => new Twofold<TPage, TModel>(model);

    private sealed class Twofold<TPage, TModel>(TModel model) : IResult
        where TPage : IComponent
        where TModel : class
    {
        public Task ExecuteAsync(HttpContext httpContext) => DashboardVisit.Of(httpContext).IsPage
            ? PageResult.Of<TPage, TModel>(model).ExecuteAsync(httpContext)
            : TypedResults.Json(model, DashboardJson.Default).ExecuteAsync(httpContext);
    }
}

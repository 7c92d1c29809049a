using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Wercker.Pipeline.Dashboard.Actions;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>Shows a model on a page. Every page is a component with the parameters Model and Context.</summary>
internal static class PageResult
{
    public static IResult Of<TPage, TModel>(TModel model, int status = StatusCodes.Status200OK)
        where TPage : IComponent
        where TModel : class => new Page<TPage, TModel>(model, status);

    private sealed class Page<TPage, TModel>(TModel model, int status) : IResult
        where TPage : IComponent
        where TModel : class
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var context = await ContextOfAsync(httpContext).ConfigureAwait(false);
            var parameters = new Dictionary<string, object?> { ["Model"] = model, ["Context"] = context };
            await new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true }.ExecuteAsync(httpContext).ConfigureAwait(false);
        }
    }

    private static async Task<PageContext> ContextOfAsync(HttpContext context)
    {
        var visit = DashboardVisit.Of(context);
        var services = context.RequestServices;
        var gate = services.GetRequiredService<DashboardGate>();
        var token = services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        var mayAdmin = false;
        foreach (var project in visit.Readable)
        {
            mayAdmin = mayAdmin || await gate.MayAsync(context, project, AccessLevel.Admin).ConfigureAwait(false);
        }

        return new PageContext
        {
            Title = services.GetRequiredService<IOptions<DashboardOptions>>().Value.Title,
            Urls = visit.Urls,
            Nonce = visit.Nonce,
            TokenField = token.FormFieldName,
            TokenHeader = token.HeaderName ?? string.Empty,
            Token = token.RequestToken ?? string.Empty,
            User = context.User.Identity?.Name,
            Project = visit.Project is { } one ? await gate.AccessOfAsync(context, one).ConfigureAwait(false) : null,
            MayAdmin = mayAdmin,
            Notice = Notices.Find(context.Request.Query["done"]),
            Now = services.GetRequiredService<TimeProvider>().GetUtcNow(),
        };
    }
}

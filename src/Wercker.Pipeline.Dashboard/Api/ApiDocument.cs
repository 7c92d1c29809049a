using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>The OpenAPI document of the API. It is one of its own, so that it is not mixed with the application's, nor the application's with it.</summary>
internal static class ApiDocument
{
    /// <summary>Its name, and that of the group of the endpoints in it.</summary>
    public const string Name = "wercker";

    public static void AddTo(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.GroupName == Name;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Deployments",
                Version = "1",
                Description = "What the dashboard shows and does. Everything is behind the policies of the application. Posts need the token of 'session'.",
            };
            return Task.CompletedTask;
        });
    });

    public static async Task WriteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var document = await context.RequestServices.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(cancellationToken).ConfigureAwait(false);
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }
}

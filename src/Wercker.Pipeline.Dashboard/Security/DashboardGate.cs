using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>Stands before every endpoint: headers, who may, and whether a post comes from a page of ours.</summary>
/// <remarks>
/// It does what the authorization middleware does, with the project as the resource that policies are asked with; the middleware has only the request. It is put before the endpoints by a
/// convention of their group, so that none can be forgotten.
/// </remarks>
internal sealed class DashboardGate(
    IOptions<DashboardOptions> options, DashboardProjects projects, IPolicyEvaluator evaluator, IAuthorizationPolicyProvider policies, IAntiforgery antiforgery)
{
    private const long MaxBody = 64 * 1024;

    public async Task InvokeAsync(HttpContext context, EndpointAccess access, RequestDelegate next)
    {
        var visit = DashboardVisit.Begin(context, access);
        DashboardHeaders.Set(context.Response.Headers, visit.Nonce);
        if (await AdmitAsync(context, visit, access).ConfigureAwait(false) is { } refusal)
        {
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is (IOException or InvalidDataException or ConfigurationException) and not BadHttpRequestException
            && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // What stores throw, by their contract. Their messages name files and hosts, and never a password.
            await Refusal.Of(context, StatusCodes.Status503ServiceUnavailable, "The store cannot be read", $"{exception.Message} Load the page again in a while.").ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the visitor may do something with a project that the visitor may read.</summary>
    public async Task<bool> MayAsync(HttpContext context, DashboardProject project, AccessLevel level) =>
        (await AskAsync(context, project, level).ConfigureAwait(false)).Answer is { Succeeded: true };

    public async Task<ProjectAccess> AccessOfAsync(HttpContext context, DashboardProject project) => new(
        project.Name,
        await MayAsync(context, project, AccessLevel.Operate).ConfigureAwait(false),
        await MayAsync(context, project, AccessLevel.Admin).ConfigureAwait(false));

    /// <summary>Why the request goes no further; null when it may.</summary>
    private async Task<IResult?> AdmitAsync(HttpContext context, DashboardVisit visit, EndpointAccess access)
    {
        var named = context.GetRouteValue("project") as string;
        IReadOnlyList<DashboardProject> wanted = named is null ? projects.All : projects.Find(named) is { } found ? [found] : [];

        // Whoever asks for a project that is not there must prove the same as for one that is.
        var readable = new List<DashboardProject>();
        (AuthorizationPolicy Policy, PolicyAuthorizationResult Answer)? refused = null;
        foreach (var project in wanted.Count > 0 ? wanted : projects.All)
        {
            var (policy, answer) = await AskAsync(context, project, AccessLevel.Read).ConfigureAwait(false);
            if (answer.Succeeded)
            {
                readable.Add(project);
            }
            else
            {
                refused = (policy!, answer);
            }
        }

        if (readable.Count == 0)
        {
            return refused is { Answer.Challenged: true } challenged && await ChallengeAsync(context, challenged.Policy, challenged.Answer).ConfigureAwait(false)
                ? new Answered()
                : named is null ? Refusal.Forbidden(context, "You may not see any project of this dashboard.") : Refusal.NoProject(context);
        }

        if (named is not null && wanted.Count == 0)
        {
            return Refusal.NoProject(context);
        }

        visit.Readable = readable;
        visit.Project = named is null ? null : readable[0];
        if (access.Level != AccessLevel.Read && visit.Project is { } one && !await MayAsync(context, one, access.Level).ConfigureAwait(false))
        {
            return Refusal.Forbidden(context, access.Level == AccessLevel.Operate ? "You may look at this project, and not operate it." : "You may look at this project, and not administer it.");
        }

        return HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? null : await CheckPostAsync(context).ConfigureAwait(false);
    }

    private async Task<IResult?> CheckPostAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBody)
        {
            return Refusal.Of(context, StatusCodes.Status413PayloadTooLarge, "Too large", "What was sent is larger than anything that the dashboard takes.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBody;
        }

        return await HasTokenAsync(context).ConfigureAwait(false)
            ? null
            : Refusal.Of(context, StatusCodes.Status400BadRequest, "Not from this dashboard", "The request does not carry the token of a page of this dashboard, or the page is too old. Go back, load the page again and repeat it.");
    }

    private async Task<bool> HasTokenAsync(HttpContext context)
    {
        try
        {
            return await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false);
        }
        catch (AntiforgeryValidationException)
        {
            // A body that is no form, or too large a one.
            return false;
        }
    }

    private async Task<(AuthorizationPolicy? Policy, PolicyAuthorizationResult Answer)> AskAsync(HttpContext context, DashboardProject project, AccessLevel level)
    {
        var name = level switch
        {
            AccessLevel.Read => options.Value.ReadPolicy,
            AccessLevel.Operate => options.Value.OperatePolicy,
            _ => options.Value.AdminPolicy,
        };
        if (name is null || await policies.GetPolicyAsync(name).ConfigureAwait(false) is not { } policy)
        {
            return (null, PolicyAuthorizationResult.Forbid());
        }

        var who = await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false);
        return (policy, await evaluator.AuthorizeAsync(policy, who, context, project).ConfigureAwait(false));
    }

    /// <summary>Sends a visitor whom nobody knows to wherever the application lets people sign in.</summary>
    /// <returns>False when it has no such place.</returns>
    private static async Task<bool> ChallengeAsync(HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult answer)
    {
        var schemes = context.RequestServices.GetService<IAuthenticationSchemeProvider>();
        if (policy.AuthenticationSchemes.Count == 0 && (schemes is null || await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) is null))
        {
            return false;
        }

        await context.RequestServices.GetRequiredService<IAuthorizationMiddlewareResultHandler>()
            .HandleAsync(_ => Task.CompletedTask, context, policy, answer).ConfigureAwait(false);
        return true;
    }

    /// <summary>The answer has been given.</summary>
    private sealed class Answered : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Task.CompletedTask;
    }
}

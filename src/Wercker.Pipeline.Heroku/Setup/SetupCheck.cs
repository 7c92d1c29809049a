using System.Net;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Push;

namespace Wercker.Pipeline.Heroku.Setup;

/// <summary>Checks beforehand what would stop the deployment half way: the key, the account, the app, the tools, the source.</summary>
internal sealed class SetupCheck(HerokuApi api, HerokuOptions options)
{
    private static readonly string[] GitTools = ["git"];
    private static readonly string[] SshTools = ["git", "ssh", "ssh-keygen"];

    public async ValueTask<StepResult> RunAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (FindLocalFault(context.Request.Source) is { } fault)
        {
            return StepResult.Failed(fault);
        }

        AccountInfo account;
        AppInfo app;
        try
        {
            account = await api.GetAsync("/account", AnswerJson.Default.AccountInfo, cancellationToken).ConfigureAwait(false);
            if (account.SuspendedAt is { } since)
            {
                return StepResult.Failed($"the Heroku account {account.Email} is suspended since {since:yyyy-MM-dd}. Heroku's support can tell why.");
            }

            app = await api.GetAsync(api.Of(), AnswerJson.Default.AppInfo, cancellationToken).ConfigureAwait(false);
            if (options.Transport == HerokuTransport.Ssh && await SshKey.RemoveAllAsync(api, context, cancellationToken).ConfigureAwait(false) is > 0 and var leftovers)
            {
                await context.Output.NoteAsync($"{leftovers} SSH key{(leftovers == 1 ? string.Empty : "s")} of earlier deployments removed from the account", cancellationToken).ConfigureAwait(false);
            }
        }
        catch (HerokuException e) when (Explain(e) is { } words)
        {
            return StepResult.Failed($"{words} {e.Message}");
        }

        if (app.ArchivedAt is { } archived)
        {
            return StepResult.Failed($"app {api.App} is archived since {archived:yyyy-MM-dd}");
        }

        if (account.DelinquentAt is not null)
        {
            await context.WarnAsync($"The Heroku account {account.Email} is delinquent: it has unpaid bills, and Heroku may refuse changes.", cancellationToken).ConfigureAwait(false);
        }

        return StepResult.Succeeded($"app {app.Name ?? api.App} found, the key of {account.Email ?? "the account"} is good", EvidenceOf(app));
    }

    private string? Explain(HerokuException e) => (e.StatusCode, e.ErrorId) switch
    {
        (_, "two_factor") => "The account asks for a second factor, which a deployment cannot give. Use an authorization instead of a login token: heroku authorizations:create.",
        (_, "suspended") => "The Heroku account is suspended. Heroku's support can tell why.",
        (HttpStatusCode.Unauthorized, _) => "Heroku does not accept the API key. Make a new one with heroku authorizations:create and put it into HEROKU_KEY.",
        (HttpStatusCode.PaymentRequired, _) => "The Heroku account is delinquent: pay its bills.",
        (HttpStatusCode.TooManyRequests, _) => $"The rate limit of the Heroku account was still used up after {Patience.Words(options.RateLimitPatience)}. Wait some minutes and deploy again.",
        (HttpStatusCode.NotFound or HttpStatusCode.Gone, _) => $"There is no app {api.App}. Check its name, and that it still exists.",
        (HttpStatusCode.Forbidden, _) => $"The key may not use app {api.App}. Ask its owner for access.",
        _ => null,
    };

    private string? FindLocalFault(Source? source)
    {
        var tools = options.Transport switch { HerokuTransport.Https => GitTools, HerokuTransport.Ssh => SshTools, _ => [] };
        if (Array.Find(tools, tool => !IsInPath(tool)) is { } missing)
        {
            return $"{missing} is not in PATH, and the transport needs it. Install it, or set \"transport\" to \"build-api\".";
        }

        return source is null || OperatingSystem.IsWindows() ? null : source.FindObstacle();
    }

    private static bool IsInPath(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, tool)) || File.Exists(Path.Combine(directory, tool + ".exe")));

    private Evidence EvidenceOf(AppInfo app) => new("app", app.Name ?? api.App)
    {
        Data = new JsonObject
        {
            ["region"] = app.Region?.Name,
            ["stack"] = app.Stack?.Name,
            ["url"] = app.WebUrl,
            ["maintenance"] = app.Maintenance,
        },
    };
}

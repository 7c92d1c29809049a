using System.Net.Http.Headers;
using Samples.GitHubStatus;
using Wercker.Pipeline;
using Wercker.Pipeline.Notifications;

// GitHub Actions sets these; elsewhere name a repository, a commit of it, and a token that may write its statuses.
var api = Environment.GetEnvironmentVariable("GITHUB_API_URL") ?? "https://api.github.com";
var (repository, commit, token) = (Environment.GetEnvironmentVariable("GITHUB_REPOSITORY"), Environment.GetEnvironmentVariable("GITHUB_SHA"), Environment.GetEnvironmentVariable("GITHUB_TOKEN"));
if (repository is null || commit is null || token is null)
{
    Console.Error.WriteLine("Set GITHUB_REPOSITORY (owner/name), GITHUB_SHA and GITHUB_TOKEN.");
    return 2;
}

using var http = new HttpClient { BaseAddress = new Uri(api.TrimEnd('/') + "/") };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("GitHubStatus", "1"));
http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.github+json");

await using var told = new DeployNotifications([new CommitStatusNotifier(http, repository)]) { TellsStart = true };
var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Observers = [told] })
    .AddStep("Push", (context, cancellationToken) => new(StepResult.Succeeded("it is there")))
    .Build();
var report = await pipeline.DeployAsync(new DeployRequest("shop", commit), CancellationToken.None);
Console.WriteLine(report.Summary);
return report.Status == DeployStatus.Succeeded ? 0 : 1;

using System.Text.Json;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The sample of docs/notifications.md posts statuses as GitHub's API takes them.</summary>
public sealed class CommitStatusTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task Sample_Deployment_IsPendingAndThenASuccess(CancellationToken cancellationToken)
    {
        using var github = new Collector();
        var variables = new Dictionary<string, string>
        {
            ["GITHUB_API_URL"] = github.Url,
            ["GITHUB_REPOSITORY"] = "wercker/shop",
            ["GITHUB_SHA"] = "a1b2c3d4",
            ["GITHUB_TOKEN"] = "t0ken-of-a-job",
        };
        var (exitCode, _) = await SampleProcess.RunAsync("GitHubStatus", variables, cancellationToken);

        Assert.That(exitCode, Is.Zero);
        Assert.That(github.Requests.Select(request => (request.Path, request.Authorization)), Is.All.EqualTo(("/repos/wercker/shop/statuses/a1b2c3d4", "Bearer t0ken-of-a-job")));
        var bodies = github.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement).ToArray();
        Assert.That(bodies.Select(body => body.GetProperty("state").GetString()), Is.EqualTo(new[] { "pending", "success" }));
        Assert.That(bodies[1].GetProperty("description").GetString(), Is.EqualTo("Deployed shop a1b2c3d4."));
        Assert.That(bodies[1].GetProperty("context").GetString(), Is.EqualTo("deploy/shop"));
    }
}

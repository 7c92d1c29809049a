using Wercker.Pipeline;
using Wercker.Pipeline.Targets;

namespace Samples.Quickstart;

/// <summary>Deploys to a directory that a web server serves. Each interface is one thing that the target can do.</summary>
public sealed class LocalDirectoryTarget(SiteDirectory site, WebServerProcess server) : IDeployTarget, IPreflight, IMaintenance, IPush, IRestart, IReleaseHistory
{
    public string Name => site.Path;

    public async ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken) =>
        StepResult.Succeeded($"the web server answers: {await server.GetHealthAsync(cancellationToken)}");

    public ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken) => new(site.Maintenance);

    public ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        site.Maintenance = on;
        return ValueTask.CompletedTask;
    }

    // <releases>
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var release = site.ReleasePath(context.DeploymentId);
        await context.Sandbox.CopyOutAsync(".", release + ".new", cancellationToken);
        Directory.Move(release + ".new", release);
        site.Activate(context.DeploymentId);
        return StepResult.Succeeded($"release {context.DeploymentId} is live");
    }

    public async ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) =>
        await site.ReadLiveReleaseAsync(cancellationToken) is { } id ? new Release(id) : null;

    public async ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(site.ReleasePath(release.Id)))
        {
            return StepResult.Failed($"release {release.Id} is not there any more: deploy it again");
        }

        site.Activate(release.Id);
        var restarted = await RestartAsync(context, cancellationToken);
        return restarted.IsGood ? StepResult.Succeeded($"release {release.Id} is live again", restarted.Evidence) : restarted;
    }

    // </releases>
    public async ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken)
    {
        await server.RestartAsync(cancellationToken);
        var health = await server.GetHealthAsync(cancellationToken);
        var evidence = new Evidence("http", $"GET {server.Url}health") { Text = health };
        return health.Contains($"\"release\":\"{site.LiveRelease}\"", StringComparison.Ordinal)
            ? StepResult.Succeeded("the web server has the live release", evidence)
            : StepResult.Failed($"the web server should have release {site.LiveRelease} and answers {health}", evidence);
    }
}

using Wercker.Pipeline;
using Wercker.Pipeline.Targets;

namespace Samples.CustomTarget;

/// <summary>A folder of releases and a file that names the one that is live; whoever serves the folder reads it.</summary>
public sealed record ReleasesTarget(string Name, string Folder) : IDeployTarget, IPush, IReleaseHistory
{
    private string Live => Path.Combine(Folder, "live");

    // <releases>
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        await context.Sandbox.CopyOutAsync(".", Path.Combine(Folder, context.DeploymentId), cancellationToken);
        Activate(context.DeploymentId);
        return StepResult.Succeeded($"release {context.DeploymentId} is live");
    }

    public async ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) =>
        File.Exists(Live) ? new Release(await File.ReadAllTextAsync(Live, cancellationToken)) : null;

    public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(Folder, release.Id)))
        {
            return new(StepResult.Failed($"release {release.Id} is not there any more: deploy it again"));
        }

        cancellationToken.ThrowIfCancellationRequested();
        Activate(release.Id);
        return new(StepResult.Succeeded($"release {release.Id} is live again"));
    }

    // A rename is atomic: a visitor sees the old release or the new one, never half of one.
    private void Activate(string release)
    {
        File.WriteAllText(Live + ".new", release);
        File.Move(Live + ".new", Live, overwrite: true);
    }
    // </releases>
}

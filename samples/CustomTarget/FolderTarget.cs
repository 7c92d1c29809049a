using Wercker.Pipeline;
using Wercker.Pipeline.Targets;

namespace Samples.CustomTarget;

/// <summary>A folder of releases; whoever serves it takes the newest, and the names sort by time.</summary>
// <target>
public sealed record FolderTarget(string Name, string Folder) : IDeployTarget, IPush
{
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        await context.Sandbox.CopyOutAsync(".", Path.Combine(Folder, context.DeploymentId), cancellationToken);
        return StepResult.Succeeded($"copied to {Folder}/{context.DeploymentId}");
    }

    public ValueTask<StepResult> UndoPushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var release = new DirectoryInfo(Path.Combine(Folder, context.DeploymentId));
        if (release.Exists) release.Delete(recursive: true);
        return new(StepResult.Succeeded($"{release} is gone"));
    }
}
// </target>

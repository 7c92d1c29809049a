using Wercker.Pipeline;
using Wercker.Pipeline.Targets;

namespace Samples.CustomTarget;

/// <summary>A folder of releases; whoever serves it takes the newest, and the names sort by time.</summary>
// <target>
public sealed class FolderTarget(string folder) : IDeployTarget, IPush, IPushUndo
{
    public string Name => folder;

    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        await context.Sandbox.CopyOutAsync(".", Path.Combine(folder, context.DeploymentId), cancellationToken);
        return StepResult.Succeeded($"copied to {folder}/{context.DeploymentId}");
    }

    public ValueTask<StepResult> UndoPushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Directory.EnumerateDirectories(folder, context.DeploymentId).ToList().ForEach(release => Directory.Delete(release, recursive: true));
        return new(StepResult.Succeeded($"removed {context.DeploymentId} from {folder}"));
    }
}
// </target>

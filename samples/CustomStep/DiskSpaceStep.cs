using Wercker.Pipeline;

namespace Samples.CustomStep;

// <step>
public sealed class DiskSpaceStep(string path, long bytes) : IDeployStep
{
    public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var free = new DriveInfo(path).AvailableFreeSpace;
        return new(free >= bytes ? StepResult.Succeeded($"{free} bytes are free") : StepResult.Failed($"{path} has {free} bytes free and needs {bytes}"));
    }
}
// </step>

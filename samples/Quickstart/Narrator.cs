using Wercker.Pipeline;

namespace Samples.Quickstart;

/// <summary>Tells on the terminal what happens, while it happens.</summary>
public sealed class Narrator : IDeployObserver
{
    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        switch (deployEvent.Kind)
        {
            case DeployEventKind.StepFinished:
                Console.WriteLine($"   {Sign(deployEvent.Status)} {deployEvent.Step,-18} {deployEvent.Message}");
                break;
            case DeployEventKind.RevertFinished:
                Console.WriteLine($"   {Sign(deployEvent.Status)} {"undo " + deployEvent.Step,-18} {deployEvent.Message}");
                break;
            case DeployEventKind.Warning:
                Console.WriteLine($"   ! {deployEvent.Step,-18} {deployEvent.Message}");
                break;
            case DeployEventKind.DeploymentFinished:
                Console.WriteLine($"   => {deployEvent.Verdict}{(deployEvent.Restore == RestoreStatus.NotNeeded ? string.Empty : $", target: {deployEvent.Restore}")}\n");
                break;
        }

        return ValueTask.CompletedTask;
    }

    private static string Sign(StepStatus? status) => status switch
    {
        StepStatus.Succeeded => "ok",
        StepStatus.Skipped => "--",
        StepStatus.Inconclusive => "??",
        _ => "NO",
    };
}

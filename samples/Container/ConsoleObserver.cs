using Wercker.Pipeline;

namespace Samples.Container;

/// <summary>Watches the deployments of all pipelines in the container.</summary>
// <observer>
public sealed class ConsoleObserver : IDeployObserver
{
    public async ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        if (deployEvent is { Kind: DeployEventKind.StepFinished })
        {
            await Console.Out.WriteLineAsync($"{deployEvent.DeploymentId} {deployEvent.Step}: {deployEvent.Status}, {deployEvent.Message}");
        }
    }
}
// </observer>

using Wercker.Pipeline.Engine;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Testing.Tests;

/// <summary>Gives a test the context that a step would have, without an engine around it.</summary>
internal static class OneStepDeployment
{
    public static async Task RunAsync(IDeployTarget target, Func<DeployContext, CancellationToken, Task> body, CancellationToken cancellationToken) =>
        await RunAsync(target, new PipelineServices(), body, cancellationToken);

    public static async Task RunAsync(IDeployTarget? target, PipelineServices services, Func<DeployContext, CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        var recorder = new DeploymentRecorder("deployment-1", services, new SecretMasker(), []);
        var definition = new PipelineDefinition { Name = "shop", Services = services, Nodes = [], Target = target, Environment = [], RequiredVariables = [] };
        await using var scope = new DeploymentScope(new DeployRequest("shop", "a1b2c3d"), definition, [], recorder, DeploymentHistory.Empty);
        await body(scope.ContextOf("step"), cancellationToken);
    }
}

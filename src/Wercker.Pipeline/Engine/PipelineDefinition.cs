using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Engine;

/// <summary>What the builder has put together, frozen.</summary>
internal sealed record PipelineDefinition
{
    public required string Name { get; init; }

    public required PipelineServices Services { get; init; }

    public required IReadOnlyList<PipelineNode> Nodes { get; init; }

    public IDeployTarget? Target { get; init; }

    public ISandboxProvider? SandboxProvider { get; init; }

    public SandboxSpec SandboxSpec { get; init; } = new();

    public bool LeavesOnFailure { get; init; }

    /// <summary>How a person is asked when a step decides against the deployment; null when nobody is.</summary>
    public (TimeSpan Within, DecisionChoice Otherwise)? AsksOnFailure { get; init; }

    public TimeSpan LockWait { get; init; }

    /// <summary>Set the environment's variables, in this order, later ones winning.</summary>
    public required IReadOnlyList<Action<DeployRequest, DeployEnvironment>> Environment { get; init; }

    public required IReadOnlyList<string> RequiredVariables { get; init; }

    public DeployEnvironment EnvironmentOf(DeployRequest request)
    {
        var environment = new DeployEnvironment();
        foreach (var contribute in Environment)
        {
            contribute(request, environment);
        }

        foreach (var (name, value) in request.Variables)
        {
            environment.Set(name, value);
        }

        foreach (var (name, value) in request.SecretVariables)
        {
            environment.SetSecret(name, value);
        }

        return environment;
    }

    /// <summary>The specification of a deployment's sandbox, completed by that of the build, and what is to be said about the difference.</summary>
    public (SandboxSpec Spec, IReadOnlyList<string> Notices) SpecOf(string deploymentId, DeployRequest request, DeployEnvironment environment)
    {
        var spec = SandboxSpec with { DeploymentId = deploymentId, Source = SandboxSpec.Source ?? request.Source, Environment = environment };
        return OperatingSystem.IsWindows() ? (spec, []) : BuildManifest.Complete(spec);
    }
}

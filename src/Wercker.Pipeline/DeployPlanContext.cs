using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline;

/// <summary>What is known of a deployment before it starts.</summary>
public sealed class DeployPlanContext
{
    internal DeployPlanContext(DeployRequest request, IDeployTarget? target, DeployEnvironment environment)
    {
        Request = request;
        Target = target;
        Environment = environment;
    }

    /// <summary>What would be deployed.</summary>
    public DeployRequest Request { get; }

    /// <summary>Where to; null in a pipeline without a target.</summary>
    public IDeployTarget? Target { get; }

    /// <summary>The variables that the deployment would have, with those of the target.</summary>
    public DeployEnvironment Environment { get; }
}

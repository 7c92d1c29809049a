namespace Wercker.Pipeline.Targets;

/// <summary>Where a deployment goes. What it can do, it says by implementing the small interfaces of this room.</summary>
/// <remarks>
/// The steps of the pipeline ask for <see cref="IPreflight"/>, <see cref="IMaintenance"/>, <see cref="ICommandRunner"/>, <see cref="IPush"/>,
/// <see cref="IRestart"/> and <see cref="IReleaseHistory"/>; a step whose capability is missing is skipped with that reason.
/// </remarks>
public interface IDeployTarget
{
    /// <summary>Names the target among others, as people know it ("production"); deployments of one name exclude each other.</summary>
    string Name { get; }

    /// <summary>Brings environment variables of the target's own into the deployment. Those of the author are set afterwards and win.</summary>
    /// <param name="environment">The deployment's environment.</param>
    void Contribute(DeployEnvironment environment)
    {
    }
}

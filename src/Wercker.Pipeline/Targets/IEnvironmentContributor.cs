namespace Wercker.Pipeline.Targets;

/// <summary>A target that brings environment variables of its own into the deployment.</summary>
public interface IEnvironmentContributor
{
    /// <summary>Sets the target's variables. Those of the author are set afterwards and win.</summary>
    /// <param name="environment">The deployment's environment.</param>
    void Contribute(DeployEnvironment environment);
}

namespace Wercker.Pipeline.Targets;

/// <summary>A target that can check beforehand whether it can be deployed to: credentials, existence, rights.</summary>
public interface IPreflight
{
    /// <summary>Checks, without changing anything that matters.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Succeeded, or Failed with what is wrong and what to do.</returns>
    ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken);
}

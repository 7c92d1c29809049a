namespace Wercker.Pipeline.Targets;

/// <summary>A target whose application can be restarted.</summary>
public interface IRestart
{
    /// <summary>Restarts the application and waits until it is up, or known to be down.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>Succeeded when it is up.</returns>
    ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken);
}

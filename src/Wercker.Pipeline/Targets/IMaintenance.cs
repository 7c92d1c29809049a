namespace Wercker.Pipeline.Targets;

/// <summary>A target that can show a maintenance page instead of the application.</summary>
public interface IMaintenance
{
    /// <summary>Finds out why this very target has no maintenance, although its kind may have: a plugin that is not installed. The phase is then skipped.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>What is missing, in a sentence; null when nothing is. Default: null.</returns>
    ValueTask<string?> FindMaintenanceObstacleAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Asks whether maintenance is on.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>True when it is on.</returns>
    ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken);

    /// <summary>Switches maintenance; switching to the state it has is no error.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="on">True to switch on.</param>
    /// <param name="cancellationToken">Cancels the switch.</param>
    /// <returns>When the platform has confirmed it.</returns>
    ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken);
}

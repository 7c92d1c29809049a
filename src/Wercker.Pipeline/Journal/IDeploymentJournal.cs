using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Journal;

/// <summary>Remembers what happened. An append that fails stops the deployment: nothing recorded, nothing done.</summary>
public interface IDeploymentJournal
{
    /// <summary>Records an event durably.</summary>
    /// <param name="deployEvent">The event, masked.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>When the event will survive a crash of the process.</returns>
    /// <exception cref="DeploymentLockedException">The sequence number is not the next one: another process goes on with the deployment. Nothing was recorded.</exception>
    ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken);

    /// <summary>Reads the events of one deployment in order.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The events; none when the deployment is unknown.</returns>
    IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken);

    /// <summary>The known deployments, the newest first.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Their ids.</returns>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken);
}

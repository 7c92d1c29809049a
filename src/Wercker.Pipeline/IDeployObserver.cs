namespace Wercker.Pipeline;

/// <summary>Watches deployments: dashboards, notifiers, progress on a terminal.</summary>
/// <remarks>Best effort: an observer that throws is logged and never changes a deployment. The journal is for what must not be lost.</remarks>
public interface IDeployObserver
{
    /// <summary>Called after the event has been journaled, in order, one at a time per deployment.</summary>
    /// <param name="deployEvent">What happened; every text is masked.</param>
    /// <param name="cancellationToken">Canceled when the observer takes longer than the engine waits (5 seconds).</param>
    /// <returns>When the observer has seen it.</returns>
    ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken);
}

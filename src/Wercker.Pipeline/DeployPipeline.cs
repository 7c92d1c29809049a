using Wercker.Pipeline.Engine;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline;

/// <summary>A pipeline, ready to run deployments, also several at once.</summary>
public sealed class DeployPipeline
{
    private readonly PipelineDefinition _definition;

    internal DeployPipeline(PipelineDefinition definition) => _definition = definition;

    /// <summary>Its name.</summary>
    public string Name => _definition.Name;

    /// <summary>The names of its steps in order, with their stages.</summary>
    public IEnumerable<string> StepNames => GroupNode.Flatten(_definition.Nodes).Select(step => step.Path);

    /// <summary>Finds out what a deployment would do, without side effects.</summary>
    /// <param name="request">What would be deployed.</param>
    /// <returns>The steps, which of them would be skipped and why, and what is missing.</returns>
    /// <exception cref="ConfigurationException">A variable's name or value is not possible.</exception>
    public DeployPlan Plan(DeployRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Planner.Plan(_definition, request);
    }

    /// <summary>Deploys.</summary>
    /// <param name="request">What to deploy.</param>
    /// <param name="cancellationToken">Cancels: the running step stops, steps that always run still run, and what was done is undone.</param>
    /// <returns>What happened. Failure and cancellation are results, not exceptions.</returns>
    /// <exception cref="ConfigurationException">Something is missing; nothing was started.</exception>
    /// <exception cref="DeploymentLockedException">Another deployment holds the target; nothing was started.</exception>
    /// <exception cref="OperationCanceledException">Canceled while waiting for the target; nothing was started.</exception>
    public Task<DeployReport> DeployAsync(DeployRequest request, CancellationToken cancellationToken = default) =>
        DeployAsync(request, CancellationToken.None, cancellationToken);

    /// <summary>Deploys, with a second token for those who cannot wait for the undo.</summary>
    /// <param name="request">What to deploy.</param>
    /// <param name="abortToken">Stops the undo, too. The target then stays as it is and the report says so; processes are still ended.</param>
    /// <param name="cancellationToken">Cancels, with undo.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ConfigurationException">Something is missing; nothing was started.</exception>
    /// <exception cref="DeploymentLockedException">Another deployment holds the target; nothing was started.</exception>
    /// <exception cref="OperationCanceledException">Canceled while waiting for the target; nothing was started.</exception>
    public async Task<DeployReport> DeployAsync(DeployRequest request, CancellationToken abortToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.Id ?? DeploymentId.New(_definition.Services.TimeProvider);
        request = request with { Id = id };
        Planner.EnsureReady(_definition, request, id);
        var lease = _definition.Target is { } target
            ? await _definition.Services.Lock.AcquireAsync(target.Name, new LeaseRequest(id, request.RequestedBy ?? "unknown", _definition.LockWait), cancellationToken).ConfigureAwait(false)
            : null;
        try
        {
            return await new DeploymentRun(_definition, request, id, lease?.Lost ?? default, abortToken).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (lease is not null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}

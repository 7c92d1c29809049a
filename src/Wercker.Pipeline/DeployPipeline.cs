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
        request = request with { Id = request.Id ?? DeploymentId.New(_definition.Services.TimeProvider) };
        Planner.EnsureReady(_definition, request, request.Id);
        return await HoldAsync(
            request,
            lease => new DeploymentRun(_definition, request, DeploymentHistory.Empty, lease, abortToken).RunAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes on with a deployment whose process has ended, from what the journal knows of it.</summary>
    /// <remarks>
    /// Finished steps are not run again. One that was cut off follows its <see cref="StepOptions.ResumeBehavior"/>. Values that steps journaled are there
    /// again, and what was armed is undone if the deployment does not succeed; an undo that had begun goes on. Of a deployment that is over, the report
    /// is given and nothing is done.
    /// </remarks>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="request">What was asked for, with its secrets, which the journal never has; null for what the journal remembers.</param>
    /// <param name="cancellationToken">Cancels, with undo.</param>
    /// <returns>What happened, before and after.</returns>
    /// <exception cref="ConfigurationException">The journal does not know the deployment, it was another pipeline's, or a secret is missing.</exception>
    /// <exception cref="DeploymentLockedException">The deployment is still running, or another one holds the target.</exception>
    /// <exception cref="OperationCanceledException">Canceled while waiting for the target.</exception>
    public Task<DeployReport> ResumeAsync(string deploymentId, DeployRequest? request = null, CancellationToken cancellationToken = default) =>
        ResumeAsync(deploymentId, request, CancellationToken.None, cancellationToken);

    /// <summary>Goes on with a deployment whose process has ended, with a second token for those who cannot wait for the undo.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="request">What was asked for, with its secrets; null for what the journal remembers.</param>
    /// <param name="abortToken">Stops the undo, too.</param>
    /// <param name="cancellationToken">Cancels, with undo. Canceled from the start, the deployment is only undone.</param>
    /// <returns>What happened, before and after.</returns>
    /// <exception cref="ConfigurationException">The journal does not know the deployment, it was another pipeline's, or a secret is missing.</exception>
    /// <exception cref="DeploymentLockedException">The deployment is still running, or another one holds the target.</exception>
    public async Task<DeployReport> ResumeAsync(string deploymentId, DeployRequest? request, CancellationToken abortToken, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(deploymentId);
        var journal = _definition.Services.Journal;
        var known = Resumption.RequestOf(_definition, await DeploymentHistory.ReadAsync(journal, deploymentId, abortToken).ConfigureAwait(false), deploymentId, request);
        return await HoldAsync(
            known,
            async lease =>
            {
                // Read again, because until now another process may have gone on with it.
                var history = await DeploymentHistory.ReadAsync(journal, deploymentId, abortToken).ConfigureAwait(false);
                return history.IsFinished
                    ? DeployReport.FromEvents(history.Events)
                    : await new DeploymentRun(_definition, known, history, lease, abortToken).RunAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken.IsCancellationRequested ? abortToken : cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back a deployment whose process has ended, without running any further step but those that always run. Its verdict is Canceled.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="request">What was asked for, with its secrets; null for what the journal remembers.</param>
    /// <param name="cancellationToken">Stops the undo.</param>
    /// <returns>What happened, before and after.</returns>
    /// <exception cref="ConfigurationException">The journal does not know the deployment, it was another pipeline's, or a secret is missing.</exception>
    /// <exception cref="DeploymentLockedException">The deployment is still running, or another one holds the target.</exception>
    public Task<DeployReport> UndoAsync(string deploymentId, DeployRequest? request = null, CancellationToken cancellationToken = default) =>
        ResumeAsync(deploymentId, request, cancellationToken, new CancellationToken(canceled: true));

    /// <summary>Gives up a deployment whose process has ended: it is closed as Canceled, nothing is run and nothing is undone.</summary>
    /// <param name="deploymentId">The deployment, of this pipeline's target.</param>
    /// <param name="reason">Why, and by whom; it goes into the report.</param>
    /// <param name="cancellationToken">Cancels before it is recorded.</param>
    /// <returns>What happened until then.</returns>
    /// <exception cref="ConfigurationException">The journal does not know the deployment.</exception>
    /// <exception cref="DeploymentLockedException">The deployment is still running, or another one holds the target.</exception>
    public Task<DeployReport> AbandonAsync(string deploymentId, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(deploymentId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return HoldAsync(
            new DeployRequest(Name, reason) { Id = deploymentId },
            _ => Resumption.AbandonAsync(_definition.Services, deploymentId, reason, cancellationToken),
            cancellationToken);
    }

    private async Task<DeployReport> HoldAsync(DeployRequest request, Func<IDeploymentLease?, Task<DeployReport>> run, CancellationToken cancellationToken)
    {
        if (_definition.Target is not { } target)
        {
            return await run(null).ConfigureAwait(false);
        }

        var asked = new LeaseRequest(request.Id!, request.RequestedBy ?? "unknown", _definition.LockWait)
        {
            Pipeline = Name,
            Message = $"{request.App} {request.Revision}",
        };
        var lease = await _definition.Services.Lock.AcquireAsync(target.Name, asked, cancellationToken).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            return await run(lease).ConfigureAwait(false);
        }
    }
}

using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Engine;

/// <summary>Lets nothing pass once the target belongs to somebody else. Without a lease, a pipeline without a target, all pass.</summary>
internal sealed class TargetFence(IDeploymentLease? lease, string target, string deploymentId)
{
    /// <summary>Canceled when the lease was lost.</summary>
    public CancellationToken Lost => lease?.Lost ?? CancellationToken.None;

    /// <summary>Asks before something is changed.</summary>
    /// <exception cref="DeploymentLockedException">The lease was lost.</exception>
    public async ValueTask PassAsync()
    {
        if (lease is not null && !await lease.CheckAsync(CancellationToken.None).ConfigureAwait(false))
        {
            throw new DeploymentLockedException(
                target,
                "another deployment",
                $"Deployment {deploymentId} lost its lease on target '{target}' while it ran. Nothing more was changed and nothing was undone: look at the target, then resume the deployment or undo it.");
        }
    }
}

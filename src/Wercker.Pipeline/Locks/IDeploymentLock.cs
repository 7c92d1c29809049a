namespace Wercker.Pipeline.Locks;

/// <summary>Sees to it that one target has one deployment at a time.</summary>
public interface IDeploymentLock
{
    /// <summary>Waits for the target and takes it.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="request">Who asks, and how long to wait.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The lease; disposing it gives the target back.</returns>
    /// <exception cref="DeploymentLockedException">Another deployment holds the target longer than the request wants to wait.</exception>
    ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken);
}

/// <summary>The right to change a target. Disposing it gives the target back, unless somebody else has it by then.</summary>
public interface IDeploymentLease : IAsyncDisposable
{
    /// <summary>Grows with every new owner of the target; whoever changes the target can refuse a smaller one.</summary>
    long FencingToken { get; }

    /// <summary>Canceled when the lease was lost: nothing may be changed any more.</summary>
    CancellationToken Lost { get; }

    /// <summary>Asks the lock itself, not the clock, whether the target is still ours. The pipeline asks before every step and every undo.</summary>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>True when it is. Default: as long as <see cref="Lost"/> is not canceled.</returns>
    ValueTask<bool> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(!Lost.IsCancellationRequested);
}

/// <summary>Who asks for a target.</summary>
/// <param name="DeploymentId">The deployment.</param>
/// <param name="Owner">The person, job or machine behind it.</param>
/// <param name="Wait">How long to wait for another deployment to end.</param>
public sealed record LeaseRequest(string DeploymentId, string Owner, TimeSpan Wait)
{
    /// <summary>The pipeline, for those who wait; null when it does not matter.</summary>
    public string? Pipeline { get; init; }

    /// <summary>What people who find the target taken should know; null for nothing.</summary>
    public string? Message { get; init; }
}

/// <summary>Another deployment holds the target, or another process goes on with this deployment.</summary>
public sealed class DeploymentLockedException : Exception
{
    /// <summary>Makes the exception for a target that is not free.</summary>
    /// <param name="target">The target.</param>
    /// <param name="holder">The deployment that holds it.</param>
    public DeploymentLockedException(string target, string holder)
        : this(target, holder, $"Target '{target}' is being deployed to by {holder}. Wait for it to end, or ask for a longer wait.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="target">The target, or the deployment.</param>
    /// <param name="holder">Who has it.</param>
    /// <param name="message">What happened, and what to do.</param>
    public DeploymentLockedException(string target, string holder, string message)
        : base(message)
    {
        Target = target;
        Holder = holder;
    }

    /// <summary>The target.</summary>
    public string Target { get; }

    /// <summary>The deployment that holds it, with its owner.</summary>
    public string Holder { get; }
}

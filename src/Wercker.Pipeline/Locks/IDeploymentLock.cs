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

/// <summary>The right to change a target.</summary>
public interface IDeploymentLease : IAsyncDisposable
{
    /// <summary>Grows with every new owner of the target; whoever changes the target can refuse a smaller one.</summary>
    long FencingToken { get; }

    /// <summary>Canceled when the lease was lost: nothing may be changed any more.</summary>
    CancellationToken Lost { get; }
}

/// <summary>Who asks for a target.</summary>
/// <param name="DeploymentId">The deployment.</param>
/// <param name="Owner">The person, job or machine behind it.</param>
/// <param name="Wait">How long to wait for another deployment to end.</param>
public sealed record LeaseRequest(string DeploymentId, string Owner, TimeSpan Wait);

/// <summary>Another deployment holds the target.</summary>
public sealed class DeploymentLockedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="target">The target.</param>
    /// <param name="holder">The deployment that holds it.</param>
    public DeploymentLockedException(string target, string holder)
        : base($"Target '{target}' is being deployed to by {holder}. Wait for it to end, or ask for a longer wait.")
    {
        Target = target;
        Holder = holder;
    }

    /// <summary>The target.</summary>
    public string Target { get; }

    /// <summary>The deployment that holds it, with its owner.</summary>
    public string Holder { get; }
}

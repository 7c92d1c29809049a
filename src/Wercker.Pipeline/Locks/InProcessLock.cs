using System.Collections.Concurrent;

namespace Wercker.Pipeline.Locks;

/// <summary>Keeps the deployments of one process apart. Other processes and machines do not see it.</summary>
internal sealed class InProcessLock : IDeploymentLock
{
    private readonly ConcurrentDictionary<string, TargetGate> _targets = new(StringComparer.Ordinal);

    /// <summary>The lock that pipelines of this process share by default.</summary>
    public static InProcessLock Shared { get; } = new();

    /// <inheritdoc />
    public async ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(request);
        var gate = _targets.GetOrAdd(target, _ => new TargetGate());
        if (!await gate.Semaphore.WaitAsync(request.Wait, cancellationToken).ConfigureAwait(false))
        {
            throw new DeploymentLockedException(target, gate.Holder ?? "another deployment");
        }

        gate.Holder = $"deployment {request.DeploymentId} ({request.Owner})";
        return new Lease(gate, Interlocked.Increment(ref gate.Token));
    }

    private sealed class TargetGate
    {
        public readonly SemaphoreSlim Semaphore = new(1, 1);
        public long Token;

        public string? Holder { get; set; }
    }

    private sealed class Lease(TargetGate gate, long token) : IDeploymentLease
    {
        private int _released;

        public long FencingToken => token;

        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                gate.Holder = null;
                gate.Semaphore.Release();
            }

            return ValueTask.CompletedTask;
        }
    }
}

using System.Runtime.CompilerServices;
using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>A process that ends at a chosen instant. From then on nothing that it does reaches the world or the journal.</summary>
internal sealed class CrashingProcess(int? crashAt)
{
    private int _instants;

    public bool IsDead { get; private set; }

    /// <summary>How many instants there were at which it could have ended.</summary>
    public int Instants => _instants;

    /// <summary>One instant. Steps and journal have one before and one after everything that matters.</summary>
    public void Live()
    {
        if (Interlocked.Increment(ref _instants) == crashAt)
        {
            IsDead = true;
        }

        if (IsDead)
        {
            throw new ProcessEndedException();
        }
    }
}

/// <summary>The process has ended: what throws this never happened.</summary>
internal sealed class ProcessEndedException : Exception;

/// <summary>A journal as one process sees it.</summary>
internal sealed class CrashingJournal(IDeploymentJournal journal, CrashingProcess process) : IDeploymentJournal
{
    public async ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        process.Live();
        await journal.AppendAsync(deployEvent, cancellationToken);
        process.Live();
    }

    public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var deployEvent in journal.ReadAsync(deploymentId, cancellationToken))
        {
            yield return deployEvent;
        }
    }

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => journal.ListAsync(cancellationToken);
}

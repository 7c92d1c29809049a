using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Journal;

/// <summary>A journal that lives as long as the process: for tests, and for pipelines whose host keeps the report.</summary>
internal sealed class InMemoryJournal : IDeploymentJournal
{
    private readonly ConcurrentDictionary<string, List<DeployEvent>> _deployments = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        var events = _deployments.GetOrAdd(deployEvent.DeploymentId, _ => []);
        lock (events)
        {
            if (deployEvent.Sequence != events.Count + 1)
            {
                throw new DeploymentLockedException(
                    deployEvent.DeploymentId,
                    "another run of it",
                    $"Deployment {deployEvent.DeploymentId} has {events.Count} events and was told event {deployEvent.Sequence}: another run goes on with it.");
            }

            events.Add(deployEvent);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeployEvent[] snapshot = [];
        if (_deployments.TryGetValue(deploymentId, out var events))
        {
            lock (events)
            {
                snapshot = [.. events];
            }
        }

        foreach (var deployEvent in snapshot)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return deployEvent;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in _deployments.Keys.OrderDescending(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }
}

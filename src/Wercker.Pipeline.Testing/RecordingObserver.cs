namespace Wercker.Pipeline.Testing;

/// <summary>Remembers the events of deployments, and lets a test wait for one.</summary>
public sealed class RecordingObserver : IDeployObserver
{
    private readonly Lock _gate = new();
    private readonly List<DeployEvent> _events = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The events so far, in the order in which they came.</summary>
    public IReadOnlyList<DeployEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Thrown after each event was remembered: a deployment must not mind. Default: null.</summary>
    public Exception? Failure { get; set; }

    /// <inheritdoc />
    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        TaskCompletionSource seen;
        lock (_gate)
        {
            _events.Add(deployEvent);
            seen = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        seen.SetResult();
        return Failure is null ? ValueTask.CompletedTask : ValueTask.FromException(Failure);
    }

    /// <summary>Waits until an event came, which may have been before the call.</summary>
    /// <param name="predicate">Picks the event.</param>
    /// <param name="cancellationToken">Gives up; the waiting has no limit of its own.</param>
    /// <returns>The first event that fits.</returns>
    public async Task<DeployEvent> WaitForAsync(Func<DeployEvent, bool> predicate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_events.Find(deployEvent => predicate(deployEvent)) is { } found)
                {
                    return found;
                }

                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}

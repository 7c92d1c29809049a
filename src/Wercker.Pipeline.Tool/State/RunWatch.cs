namespace Wercker.Pipeline.Tool.State;

/// <summary>Watches the run of this process: whether it has started, and whether somebody asks from another process that it be canceled.</summary>
internal sealed class RunWatch(StateDirectory state, TimeProvider clock) : IDeployObserver, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;

    /// <summary>Canceled when somebody asked for it.</summary>
    public CancellationToken Cancel => _cancel.Token;

    /// <summary>True once the run is in the journal: from then on it is no refusal any more.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Tells who asked.</summary>
    public Action<string> Say { get; set; } = _ => { };

    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        if (!HasStarted)
        {
            HasStarted = true;
            _watching = WatchAsync(deployEvent.DeploymentId);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _cancel.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync(string id)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, clock, _end.Token);
                if (await state.Store.FindCancelRequestAsync(id, _end.Token) is { } by)
                {
                    Say($"{ConsoleText.CleanLine(by)} cancels the run; what was done is being undone.");
                    await _cancel.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
        catch (Exception exception)
        {
            // The store decides about the run where it is written; that it cannot be looked at is no reason to end it.
            Say($"wercker cancel will not reach this run: {exception.Message}");
        }
    }
}

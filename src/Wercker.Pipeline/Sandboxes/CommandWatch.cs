namespace Wercker.Pipeline.Sandboxes;

/// <summary>The two limits of a command that runs elsewhere: how long it takes, and how long it is silent.</summary>
internal sealed class CommandWatch : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ShellCommand _command;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _total;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _any;
    private readonly long _startedAt;

    public CommandWatch(ShellCommand command, TimeProvider clock, CancellationToken cancellationToken)
    {
        _clock = clock;
        _command = command;
        _caller = cancellationToken;
        _startedAt = clock.GetTimestamp();
        _total = new CancellationTokenSource(command.Timeout, clock);
        _silence = new CancellationTokenSource(command.NoOutputTimeout, clock);
        _any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _total.Token, _silence.Token);
    }

    /// <summary>Canceled by a limit or by the caller.</summary>
    public CancellationToken Token => _any.Token;

    public TimeSpan Elapsed => _clock.GetElapsedTime(_startedAt);

    /// <summary>True when a limit was reached, and not the caller has canceled.</summary>
    public bool IsOver => !_caller.IsCancellationRequested && (_total.IsCancellationRequested || _silence.IsCancellationRequested);

    public CommandEnd End => _total.IsCancellationRequested ? CommandEnd.TimedOut : CommandEnd.Silent;

    /// <summary>There was output.</summary>
    public void Heard() => _silence.CancelAfter(_command.NoOutputTimeout);

    public void Dispose()
    {
        _any.Dispose();
        _silence.Dispose();
        _total.Dispose();
    }
}

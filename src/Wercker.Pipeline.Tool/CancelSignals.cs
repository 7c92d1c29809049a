using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Tool;

/// <summary>Ctrl+C, SIGTERM and SIGHUP: the first one cancels, so that what was done is undone; the second one does not wait for the undo.</summary>
internal sealed class CancelSignals : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<string> _say;
    private int _count;

    public CancelSignals(Action<string> say)
    {
        _say = say;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    public CancellationToken Cancel => _cancel.Token;

    public CancellationToken Abort => _abort.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _cancel.Dispose();
        _abort.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        switch (Interlocked.Increment(ref _count))
        {
            case 1:
                _say($"{context.Signal}: canceling; what was done is being undone. Once more aborts at once.");
                _ = _cancel.CancelAsync();
                break;
            case 2:
                _say($"{context.Signal}: aborting; the target stays as it is.");
                _ = _abort.CancelAsync();
                break;
        }
    }
}

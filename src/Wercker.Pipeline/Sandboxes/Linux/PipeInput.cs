using System.Runtime.InteropServices;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The stdin of one command: a named pipe that bash opens when the command begins.</summary>
/// <param name="path">The pipe, which exists.</param>
/// <param name="seenAs">What bash sees it as, quoted.</param>
internal sealed class PipeInput(string path, string seenAs) : CommandInput
{
    private const int LargePipe = 1 << 20;
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(16);
    private TimeSpan _wait = ShortWait;
    private int _descriptor = -1;

    public override string Redirection => "<" + seenAs;

    public override ValueTask DisposeAsync()
    {
        Descriptor.CloseAll(Interlocked.Exchange(ref _descriptor, -1));
        File.Delete(path);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    /// <remarks>What is written before that would be lost, and a pipe that is closed again would never be seen.</remarks>
    protected override async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        while (_descriptor < 0)
        {
            _descriptor = Libc.Open(path, Libc.WriteOnly | Libc.NonBlocking | Libc.CloseOnExec, 0);
            if (_descriptor >= 0)
            {
                Libc.Control(_descriptor, Libc.SetPipeSize, LargePipe);
            }
            else if (Marshal.GetLastPInvokeError() == Libc.NoOtherEnd)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                throw new SandboxException($"The stdin of a command, {path}, could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
    }

    protected override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var count = Libc.Write(_descriptor, bytes.Span);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.TryAgain)
            {
                return false;
            }

            if (count < 0)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            bytes = bytes[count..];
            _wait = ShortWait;
        }

        return true;
    }

    protected override ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        Descriptor.CloseAll(Interlocked.Exchange(ref _descriptor, -1));
        return ValueTask.CompletedTask;
    }

    /// <summary>Looks again now and then: a command that takes its input slowly is rare, and a thread that waits for it would cost more.</summary>
    private Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _wait;
        _wait = wait < LongWait ? wait * 2 : wait;
        return Task.Delay(wait, TimeProvider.System, cancellationToken);
    }
}

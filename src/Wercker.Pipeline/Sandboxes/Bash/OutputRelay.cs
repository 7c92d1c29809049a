using System.Runtime.ExceptionServices;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>Hands one command's output on to its writer, one block at a time per stream, and remembers when it last came.</summary>
/// <remarks>Methods are called by one thread per stream; a writer that fails is not called again, and what follows is thrown away.</remarks>
internal sealed class OutputRelay(IOutputWriter? writer, TimeProvider timeProvider, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _failed = new();
    private long _lastByte = timeProvider.GetTimestamp();
    private int _writing;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Canceled when the writer has thrown.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>How long nothing has come. A writer that is still busy with the last block makes its command wait, which is not silence.</summary>
    public TimeSpan Silence => Volatile.Read(ref _writing) > 0 ? TimeSpan.Zero : timeProvider.GetElapsedTime(Volatile.Read(ref _lastByte));

    /// <summary>A relay that throws everything away.</summary>
    public static OutputRelay Discarding { get; } = new(null, TimeProvider.System, CancellationToken.None);

    /// <summary>Gives bytes to the writer and waits until it has taken them: this is where a slow writer slows the command down.</summary>
    public void Write(OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        if (writer is null || bytes.IsEmpty)
        {
            return;
        }

        Volatile.Write(ref _lastByte, timeProvider.GetTimestamp());
        if (_failure is not null || cancellationToken.IsCancellationRequested)
        {
            return;
        }

        Interlocked.Increment(ref _writing);
        try
        {
            var written = writer.WriteAsync(stream, bytes, cancellationToken);
            if (!written.IsCompletedSuccessfully)
            {
                written.AsTask().GetAwaiter().GetResult();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // It is thrown where the command was started; this thread has to keep the pipe empty.
            _failure ??= ExceptionDispatchInfo.Capture(e);
            _failed.Cancel();
        }
        finally
        {
            Volatile.Write(ref _lastByte, timeProvider.GetTimestamp());
            Interlocked.Decrement(ref _writing);
        }
    }

    /// <summary>Throws what the writer threw.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose() => _failed.Dispose();
}

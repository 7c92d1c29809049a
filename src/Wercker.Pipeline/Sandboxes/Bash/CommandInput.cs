using System.Buffers;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>A way into the stdin of one command.</summary>
internal abstract class CommandInput : IAsyncDisposable
{
    /// <summary>Large, because over a connection each block costs a process at the other end.</summary>
    private const int BlockLength = 512 * 1024;

    /// <summary>Shell text that gives what stands before it this stdin, such as "&lt;/path/of/a/pipe".</summary>
    public abstract string Redirection { get; }

    /// <summary>Shell text that is run with this stdin before the command, and ends with a semicolon. Default: nothing.</summary>
    public virtual string Announcement => "";

    /// <summary>Hands on what a stream has, to its end or until nobody reads any more.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="cancellationToken">Canceled when the command has ended.</param>
    /// <exception cref="OperationCanceledException">The command has ended, and had not read everything.</exception>
    public async Task FeedAsync(Stream source, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            // At once: bash waits for it, also when the stream has nothing to say yet.
            await OpenAsync(cancellationToken).ConfigureAwait(false);
            int count;
            while ((count = await source.ReadAsync(buffer.AsMemory(0, BlockLength), cancellationToken).ConfigureAwait(false)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }

            await CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives up what was not read. The command finds the end of its stdin.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Waits until the command has opened its stdin.</summary>
    protected abstract ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Hands on all bytes; waits as long as the command does not take them.</summary>
    /// <returns>False when nobody reads any more.</returns>
    protected abstract ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Says that this was all.</summary>
    protected abstract ValueTask CompleteAsync(CancellationToken cancellationToken);
}

using System.Threading.Channels;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>What a shell has written and nobody has taken yet: a few blocks. When it is full, whoever brings more has to wait.</summary>
internal sealed class ShellOutput
{
    private const int Blocks = 32;
    private readonly Channel<(OutputStream Stream, ReadOnlyMemory<byte> Bytes)> _blocks = Channel.CreateBounded<(OutputStream, ReadOnlyMemory<byte>)>(new BoundedChannelOptions(Blocks) { SingleReader = true });
    private (OutputStream Stream, ReadOnlyMemory<byte> Bytes) _rest;

    /// <summary>Adds a copy of bytes. After the end it is thrown away.</summary>
    public async ValueTask AddAsync(OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _blocks.Writer.WriteAsync((stream, bytes.ToArray())).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The shell was given up while it still wrote.
        }
    }

    /// <summary>There will be no more. What is there can still be taken.</summary>
    /// <param name="why">What the reader gets thrown after it; null for the end.</param>
    public void End(Exception? why = null) => _blocks.Writer.TryComplete(why);

    /// <summary>Takes what comes next; 0 bytes at the end.</summary>
    public async ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_rest.Bytes.IsEmpty)
        {
            if (!await _blocks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return (OutputStream.Output, 0);
            }

            _blocks.Reader.TryRead(out _rest);
        }

        var count = Math.Min(buffer.Length, _rest.Bytes.Length);
        _rest.Bytes[..count].CopyTo(buffer);
        _rest.Bytes = _rest.Bytes[count..];
        return (_rest.Stream, count);
    }
}

using System.Buffers;
using System.Threading.Channels;

namespace Wercker.Pipeline.Stores;

/// <summary>The end of an output log: bytes go in, blocks come out, written beside the deployment. Who writes faster than the store waits.</summary>
/// <remarks>A flush makes what was written visible to readers, as a piece. Disposing it writes the rest and closes the log; a failure is told to the next write.</remarks>
internal sealed class LogStream : Stream
{
    // Times the 128 KiB of the writer's buffer: what is in memory at most.
    private const int MaxQueue = 24;
    private const int MaxBlocks = 8;
    private readonly Channel<ArraySegment<byte>> _queue = Channel.CreateBounded<ArraySegment<byte>>(new BoundedChannelOptions(MaxQueue) { SingleReader = true });
    private readonly ILogTable _table;
    private readonly string _deploymentId;
    private readonly LogLimits _limits;
    private readonly Guid _writer = Guid.NewGuid();
    private readonly byte[] _open = GC.AllocateUninitializedArray<byte>(LogBlock.MaxLength);
    private readonly Task _writing;
    private long _start;
    private int _count;
    private int _seen;
    private volatile Exception? _failure;

    public LogStream(ILogTable table, string deploymentId, LogLimits limits)
    {
        _table = table;
        _deploymentId = deploymentId;
        _limits = limits;
        _writing = Task.Run(WriteAsync);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="IOException">The store cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(copy);
        Enqueue(new ArraySegment<byte>(copy, 0, buffer.Length));
    }

    /// <exception cref="IOException">The store cannot be written.</exception>
    public override void Flush() => Enqueue(default);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _queue.Writer.TryComplete())
        {
            // It does not throw: what it met is in _failure.
            _writing.GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private void Enqueue(ArraySegment<byte> bytes)
    {
        try
        {
            if (!_queue.Writer.TryWrite(bytes))
            {
                _queue.Writer.WriteAsync(bytes).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (ChannelClosedException e)
        {
            throw new IOException($"{_table.Name} keeps no more of the log of deployment {_deploymentId}: {_failure?.Message ?? "it is closed"}", _failure ?? e);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await OpenAsync().ConfigureAwait(false);
            var blocks = new List<LogBlock>();
            while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (blocks.Count < MaxBlocks && _queue.Reader.TryRead(out var bytes))
                {
                    Take(bytes, blocks);
                }

                await AppendAsync(blocks, false).ConfigureAwait(false);
            }

            if (_count > 0)
            {
                Seal(blocks);
            }

            await AppendAsync(blocks, true).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _failure = e;
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out _))
            {
                // Whoever waits for room is told.
            }
        }
    }

    private async Task OpenAsync()
    {
        var (pieces, length) = await _table.OpenAsync(_deploymentId, _writer, CancellationToken.None).ConfigureAwait(false);
        _start = length;
        byte last = (byte)'\n';
        if (pieces.Count > 0 && length - pieces[0].Offset < LogBlock.MaxLength && pieces.All(piece => piece.Open() is not null))
        {
            _start = pieces[0].Offset;
            foreach (var piece in pieces)
            {
                piece.Body.CopyTo(_open.AsSpan((int)(piece.Offset - _start)));
                _count = (int)(piece.End - _start);
            }

            _seen = _count;
            last = _open[_count - 1];
        }
        else if (length > 0 && (await _table.ReadAsync(_deploymentId, length - 1, CancellationToken.None).ConfigureAwait(false)).Block?.Open() is [.., var end])
        {
            last = end;
        }

        if (last != '\n')
        {
            // The writer before us was killed within a line: what comes now must not look like its end.
            _open[_count++] = (byte)'\n';
        }

        await _table.PruneAsync(_limits, CancellationToken.None).ConfigureAwait(false);
    }

    private void Take(ArraySegment<byte> bytes, List<LogBlock> blocks)
    {
        if (bytes.Array is null)
        {
            if (_count > _seen)
            {
                blocks.Add(LogBlock.Piece(_start + _seen, _open.AsSpan(_seen, _count - _seen)));
                _seen = _count;
            }

            return;
        }

        ReadOnlySpan<byte> left = bytes;
        while (!left.IsEmpty)
        {
            var fits = Math.Min(left.Length, _open.Length - _count);
            left[..fits].CopyTo(_open.AsSpan(_count));
            _count += fits;
            left = left[fits..];
            if (_count == _open.Length)
            {
                Seal(blocks);
            }
        }

        ArrayPool<byte>.Shared.Return(bytes.Array);
    }

    private void Seal(List<LogBlock> blocks)
    {
        blocks.Add(LogBlock.Seal(_start, _open.AsSpan(0, _count)));
        _start += _count;
        _count = _seen = 0;
    }

    private async Task AppendAsync(List<LogBlock> blocks, bool isEnd)
    {
        if (blocks.Count == 0 && !isEnd)
        {
            return;
        }

        if (!await _table.AppendAsync(_deploymentId, _writer, blocks, isEnd, CancellationToken.None).ConfigureAwait(false))
        {
            throw new IOException("another process goes on with it.");
        }

        blocks.Clear();
    }
}

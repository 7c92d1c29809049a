using System.Buffers;
using System.Security.Cryptography;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>Reads one output pipe on a thread of its own, and can tell exactly where a command's output ends.</summary>
/// <remarks>
/// The pipe outlives the command, and background processes may keep it open, so its end says nothing. Therefore this process writes a random marker into
/// the pipe itself once the command has answered: a pipe keeps its order, so everything before the marker belongs to the command. No child knows it.
/// Between a fence and the next <see cref="Begin"/> nothing is read, and what comes waits in the pipe.
/// </remarks>
internal sealed class StreamPump
{
    private const int MarkerLength = 32;
    private const int BufferLength = 256 * 1024;
    private const int DefaultPipe = 64 * 1024;
    private const int LargePipe = 1 << 20;
    private readonly OutputStream _stream;
    private readonly Pipe _pipe;
    private readonly Thread _thread;
    private readonly object _turn = new();
    private bool _hasTurn;
    private byte[]? _marker;
    private int _held;
    private bool _isLarge;
    private OutputRelay? _relay;
    private TaskCompletionSource _fenced = new();

    public StreamPump(OutputStream stream, Pipe pipe)
    {
        _stream = stream;
        _pipe = pipe;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = $"sandbox {stream}" };
        _thread.Start();
    }

    /// <summary>The end that children get.</summary>
    public int WriteEnd => _pipe.WriteEnd;

    /// <summary>Reads for a relay until the next fence.</summary>
    public void Begin(OutputRelay relay)
    {
        _marker = null;
        _fenced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        GiveTurn(relay);
    }

    /// <summary>Ends when the relay has everything that is in the pipe now.</summary>
    public Task FenceAsync()
    {
        var marker = RandomNumberGenerator.GetBytes(MarkerLength);
        Volatile.Write(ref _marker, marker);

        // Short writes to a pipe are atomic. A full pipe makes the writer wait its turn, and that must not be the caller's thread.
        if (Libc.IsReady(_pipe.WriteEnd, Libc.PollOut, 0))
        {
            Libc.Write(_pipe.WriteEnd, marker);
            return _fenced.Task;
        }

        var writing = Task.Run(() => Libc.Write(_pipe.WriteEnd, marker));
        return Task.WhenAll(writing, _fenced.Task);
    }

    /// <summary>Ends the thread and closes the pipe; only after a fence.</summary>
    public void Close()
    {
        GiveTurn(null);
        _thread.Join();
        Descriptor.CloseAll(_pipe.ReadEnd, _pipe.WriteEnd);
    }

    private void GiveTurn(OutputRelay? relay)
    {
        lock (_turn)
        {
            _relay = relay;
            _hasTurn = true;
            Monitor.Pulse(_turn);
        }
    }

    /// <summary>Sleeps at once. What spins before it sleeps, as semaphores do, takes the processor from the very bash that it waits for.</summary>
    private OutputRelay? WaitForTurn()
    {
        lock (_turn)
        {
            while (!_hasTurn)
            {
                Monitor.Wait(_turn);
            }

            _hasTurn = false;
            return _relay;
        }
    }

    private void Run()
    {
        byte[]? buffer = null;
        while (true)
        {
            if (WaitForTurn() is not { } relay)
            {
                break;
            }

            buffer ??= ArrayPool<byte>.Shared.Rent(BufferLength);
            Pump(relay, buffer);
            _fenced.SetResult();
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Pump(OutputRelay relay, byte[] buffer)
    {
        // What came after the last marker.
        var length = _held;
        while (true)
        {
            var marker = Volatile.Read(ref _marker);
            if (marker is null)
            {
                relay.Write(_stream, buffer.AsMemory(0, length));
                length = 0;
            }
            else if (buffer.AsSpan(0, length).IndexOf(marker) is var position and >= 0)
            {
                relay.Write(_stream, buffer.AsMemory(0, position));
                buffer.AsSpan((position + MarkerLength)..length).CopyTo(buffer);
                _held = length - position - MarkerLength;
                return;
            }
            else
            {
                var kept = MarkerStart(buffer.AsSpan(0, length), marker);
                relay.Write(_stream, buffer.AsMemory(0, length - kept));
                buffer.AsSpan((length - kept)..length).CopyTo(buffer);
                length = kept;
            }

            var count = Libc.Read(_pipe.ReadEnd, buffer.AsSpan(length));
            if (count >= DefaultPipe && !_isLarge)
            {
                // Only for those that write much: the kernel lets an ordinary user have no more than a few dozen large pipes. A refusal does no harm.
                _isLarge = true;
                Libc.Control(_pipe.ReadEnd, Libc.SetPipeSize, LargePipe);
            }

            length += Math.Max(count, 0);
        }
    }

    /// <summary>How many bytes at the end may be the beginning of the marker.</summary>
    public static int MarkerStart(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> marker)
    {
        for (var length = Math.Min(bytes.Length, marker.Length - 1); length > 0; length--)
        {
            if (bytes.EndsWith(marker[..length]))
            {
                return length;
            }
        }

        return 0;
    }
}

using System.Buffers;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The one thread of a session: it hands on the output, takes the answers of bash and sees its end.</summary>
/// <remarks>
/// The output pipes outlive the command, and background processes may keep them open, so their end says nothing. But what is in a pipe when the answer of
/// a command is read was written before the next command can be: so many bytes are taken, and no more. Between the answer and the next
/// <see cref="Begin"/> nothing is read, and what comes waits in the pipe. One thread for all, because every handing over between threads is a wait for the
/// scheduler, and those are what a short command costs.
/// </remarks>
internal sealed class SessionPump(Pipe output, Pipe error)
{
    private const int BufferLength = 256 * 1024;
    private const int DefaultPipe = 64 * 1024;
    private const int LargePipe = 1 << 20;
    private const int OldKernelLook = 20;
    private readonly Lock _lock = new();
    private readonly Pipe[] _pipes = [output.WithoutWaiting(), error.WithoutWaiting()];
    private readonly bool[] _isLarge = new bool[2];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _buffer;
    private int _bell = -1;
    private BashProcess? _process;
    private OutputRelay? _relay;
    private TaskCompletionSource? _fence;
    private Func<bool>? _isOver;
    private bool _isClosing;

    /// <summary>The end of stdout that children get.</summary>
    public int OutputEnd => output.WriteEnd;

    /// <summary>The end of stderr that children get.</summary>
    public int ErrorEnd => error.WriteEnd;

    /// <summary>True when all pipes are closed.</summary>
    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Looks after a bash; the one before has ended.</summary>
    public void Watch(BashProcess process)
    {
        lock (_lock)
        {
            _process = process;
            if (_bell >= 0)
            {
                Ring();
                return;
            }

            // Only now, when bash is on its way already.
            _bell = Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking);
            SessionThread.Run(Run);
        }
    }

    /// <summary>Hands output to a relay until the next answer or fence.</summary>
    public void Begin(OutputRelay relay)
    {
        lock (_lock)
        {
            _relay = relay;
            Ring();
        }
    }

    /// <summary>Ends when the relay has everything that is in the pipes now. After an answer it has that already.</summary>
    public Task FenceAsync()
    {
        lock (_lock)
        {
            if (_relay is null || _bell < 0 || _isClosing)
            {
                return Task.CompletedTask;
            }

            _fence ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Ring();
            return _fence.Task;
        }
    }

    /// <summary>Throws away what comes from now on, and closes everything at the end of bash when that is the end of the session.</summary>
    /// <param name="isOver">Asked on the pump's thread when bash has ended.</param>
    public void Finish(Func<bool> isOver)
    {
        lock (_lock)
        {
            (_relay, _isOver) = (OutputRelay.Discarding, isOver);
            Ring();
        }
    }

    /// <summary>Ends the thread and closes the pipes.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            if (_bell < 0 && !_isClosing)
            {
                CloseAll();
            }

            _isClosing = true;
            Ring();
            return _closed.Task;
        }
    }

    private void Ring()
    {
        if (_bell >= 0)
        {
            Libc.Write(_bell, [1, 0, 0, 0, 0, 0, 0, 0]);
        }
    }

    private unsafe void Run()
    {
        var requests = stackalloc Libc.PollFd[5];
        Span<byte> rings = stackalloc byte[8];
        while (TryBegin(out var process, out var relay))
        {
            requests[0] = new Libc.PollFd { Descriptor = _bell, Events = Libc.PollIn };
            requests[1] = new Libc.PollFd { Descriptor = process?.Replies ?? -1, Events = Libc.PollIn };
            requests[2] = new Libc.PollFd { Descriptor = process?.PidFd ?? -1, Events = Libc.PollIn };
            requests[3] = new Libc.PollFd { Descriptor = relay is null ? -1 : output.ReadEnd, Events = Libc.PollIn };
            requests[4] = new Libc.PollFd { Descriptor = relay is null ? -1 : error.ReadEnd, Events = Libc.PollIn };
            _ = Libc.Poll(requests, 5, process is { PidFd: < 0 } ? OldKernelLook : -1);
            if (requests[0].Returned != 0)
            {
                Libc.Read(_bell, rings);
            }

            if (process is not null && (requests[1].Returned != 0 || requests[2].Returned != 0 || process.PidFd < 0) && LookAt(process))
            {
                return;
            }

            for (var stream = 0; relay is not null && stream < 2; stream++)
            {
                if (requests[3 + stream].Returned != 0)
                {
                    Hand(relay, stream, int.MaxValue);
                }
            }
        }

        lock (_lock)
        {
            CloseAll();
        }
    }

    /// <summary>What to look at next; false when the session is over. Ends a fence that has been asked for.</summary>
    private bool TryBegin(out BashProcess? process, out OutputRelay? relay)
    {
        TaskCompletionSource? fence;
        lock (_lock)
        {
            (process, relay, fence) = (_process, _relay, _fence);
            if (_isClosing)
            {
                return false;
            }
        }

        if (fence is not null)
        {
            Drain();
            relay = null;
            lock (_lock)
            {
                _fence = null;
            }

            fence.SetResult();
        }

        return true;
    }

    /// <summary>Takes answers, and the end; true when everything is closed.</summary>
    private bool LookAt(BashProcess process)
    {
        var exitCode = process.Take(Drain);
        if (exitCode is not { } code)
        {
            return false;
        }

        process.Close();
        bool isOver;
        lock (_lock)
        {
            _process = null;
            isOver = _isOver is not null;
        }

        // Not under the lock: it looks through the processes of the machine.
        isOver = isOver && _isOver!();
        if (isOver)
        {
            lock (_lock)
            {
                _isClosing = true;
                CloseAll();
            }
        }

        process.End(code);
        return isOver;
    }

    /// <summary>Hands on what is in the pipes now, and stops reading.</summary>
    private void Drain()
    {
        OutputRelay? relay;
        lock (_lock)
        {
            (relay, _relay) = (_relay, _isOver is null ? null : _relay);
        }

        for (var stream = 0; relay is not null && stream < 2; stream++)
        {
            for (var left = Libc.CountReadable(_pipes[stream].ReadEnd); left > 0;)
            {
                var count = Hand(relay, stream, left);
                left = count > 0 ? left - count : 0;
            }
        }
    }

    private int Hand(OutputRelay relay, int stream, int most)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferLength);
        var count = Libc.Read(_pipes[stream].ReadEnd, _buffer.AsSpan(0, Math.Min(most, _buffer.Length)));
        if (count <= 0)
        {
            // Whoever is inside may have taken it.
            return 0;
        }

        if (count >= DefaultPipe && !_isLarge[stream])
        {
            // Only for those that write much: the kernel lets an ordinary user have no more than a few dozen large pipes. A refusal does no harm.
            _isLarge[stream] = true;
            Libc.Control(_pipes[stream].ReadEnd, Libc.SetPipeSize, LargePipe);
        }

        relay.Write(stream == 0 ? OutputStream.Output : OutputStream.Error, _buffer.AsMemory(0, count));
        return count;
    }

    private void CloseAll()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        Descriptor.CloseAll(output.ReadEnd, output.WriteEnd, error.ReadEnd, error.WriteEnd, _bell);
        _bell = -1;
        _fence?.TrySetResult();
        _closed.TrySetResult();
    }
}

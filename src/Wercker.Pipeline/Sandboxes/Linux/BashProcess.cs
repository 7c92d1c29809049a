using System.Runtime.InteropServices;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>One bash with the pipe that it reads commands from and the pipe that it answers on.</summary>
internal sealed class BashProcess
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _commands;
    private readonly int _replies;
    private readonly int _pidFd;
    private TaskCompletionSource<BashReply>? _waiting;
    private bool _commandsOpen = true;

    private BashProcess(int pid, int commands, int replies)
    {
        Pid = pid;
        _commands = commands;
        _replies = replies;
        _pidFd = Libc.OpenPidFd(pid);
        new Thread(Listen, 256 * 1024) { IsBackground = true, Name = "sandbox shell" }.Start();
    }

    /// <summary>Its pid, session and process group.</summary>
    public int Pid { get; }

    /// <summary>Ends with its exit code, when it has ended and every answer has been given. The zombie stays.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Starts it with the given write ends as stdout and stderr.</summary>
    /// <exception cref="SandboxException">It does not start.</exception>
    public static BashProcess Start(string bash, IReadOnlyList<string> environment, string directory, int standardOutput, int standardError)
    {
        Pipe commands = new(-1, -1), replies = new(-1, -1);
        try
        {
            commands = Pipe.Open();
            replies = Pipe.Open();
            var pid = OrphanAdoption.Start(() => Spawn.Start(
                bash,
                BashScript.Arguments,
                environment,
                directory,
                (commands.ReadEnd, 0),
                (standardOutput, 1),
                (standardError, 2),
                (replies.WriteEnd, BashScript.ReplyDescriptor)));
            Descriptor.CloseAll(commands.ReadEnd, replies.WriteEnd);
            Descriptor.SetNonBlocking(commands.WriteEnd);
            Descriptor.SetNonBlocking(replies.ReadEnd);
            return new BashProcess(pid, commands.WriteEnd, replies.ReadEnd);
        }
        catch (SandboxException)
        {
            Descriptor.CloseAll(commands.ReadEnd, commands.WriteEnd, replies.ReadEnd, replies.WriteEnd);
            throw;
        }
    }

    /// <summary>Sends a command and waits for its answer or for the end.</summary>
    public Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script)
    {
        var waiting = new TaskCompletionSource<BashReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_ended.Task.IsCompleted)
            {
                return Task.FromResult(new BashReply(_ended.Task.Result, null));
            }

            _waiting = waiting;
        }

        var sent = Send(script.Span);
        return sent < script.Length ? SendRestAsync(script[sent..], waiting.Task) : waiting.Task;
    }

    /// <summary>Closes the pipe of commands, which makes bash run its EXIT trap and end.</summary>
    public void EndCommands()
    {
        lock (_lock)
        {
            if (_commandsOpen)
            {
                _commandsOpen = false;
                Libc.Close(_commands);
            }
        }
    }

    /// <summary>As much as the pipe takes now; everything when bash is gone, for then nobody is left to miss the rest.</summary>
    private int Send(ReadOnlySpan<byte> script)
    {
        lock (_lock)
        {
            var sent = 0;
            while (sent < script.Length && _commandsOpen)
            {
                var count = Libc.Write(_commands, script[sent..]);
                if (count < 0 && Marshal.GetLastPInvokeError() == Libc.TryAgain)
                {
                    return sent;
                }

                if (count < 0)
                {
                    break;
                }

                sent += count;
            }

            return script.Length;
        }
    }

    private async Task<BashReply> SendRestAsync(ReadOnlyMemory<byte> rest, Task<BashReply> reply)
    {
        // A command of more than a pipe's length is rare, and bash takes it byte by byte: looking again now and then costs nothing.
        while (!rest.IsEmpty && !_ended.Task.IsCompleted)
        {
            rest = rest[Send(rest.Span)..];
            await Task.Delay(Poll, TimeProvider.System).ConfigureAwait(false);
        }

        return await reply.ConfigureAwait(false);
    }

    private unsafe void Listen()
    {
        var requests = stackalloc Libc.PollFd[2];
        requests[0] = new Libc.PollFd { Descriptor = _replies, Events = Libc.PollIn };
        requests[1] = new Libc.PollFd { Descriptor = _pidFd, Events = Libc.PollIn };
        Span<byte> buffer = stackalloc byte[512];
        var held = 0;
        int? exitCode;
        do
        {
            // Old kernels have no pidfd; there the end is looked for every 20 ms.
            _ = Libc.Poll(requests, 2, _pidFd >= 0 ? -1 : 20);
            exitCode = Libc.PeekExit(Pid);
            held = TakeReplies(buffer, held);
            if ((requests[0].Returned & ~Libc.PollIn) != 0)
            {
                // Bash has closed its end: only its own end is still to come.
                requests[0].Descriptor = -1;
            }
        }
        while (exitCode is null);

        EndCommands();
        Descriptor.CloseAll(_replies, _pidFd);
        lock (_lock)
        {
            _ended.SetResult(exitCode.Value);
            _waiting?.TrySetResult(new BashReply(exitCode.Value, null));
        }
    }

    private int TakeReplies(Span<byte> buffer, int held)
    {
        while (true)
        {
            var count = Libc.Read(_replies, buffer[held..]);
            if (count <= 0)
            {
                return held;
            }

            ReadOnlySpan<byte> received = buffer[..(held + count)];
            while (BashScript.TryParse(ref received, out var reply))
            {
                lock (_lock)
                {
                    _waiting?.TrySetResult(reply);
                }
            }

            // No honest answer is longer than a few dozen bytes.
            held = received.Length == buffer.Length ? 0 : received.Length;
            received[..held].CopyTo(buffer);
        }
    }
}

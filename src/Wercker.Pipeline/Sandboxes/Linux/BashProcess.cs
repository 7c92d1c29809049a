using System.Runtime.InteropServices;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>One bash, the commands that it is sent and the answers that it gives.</summary>
internal sealed class BashProcess
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BashPipes _pipes;
    private readonly int _pidFd;
    private TaskCompletionSource<BashReply>? _waiting;
    private bool _commandsOpen = true;

    private BashProcess(int pid, BashPipes pipes)
    {
        Pid = pid;
        _pipes = pipes;
        _pidFd = Libc.OpenPidFd(pid);
        new Thread(Listen, 256 * 1024) { IsBackground = true, Name = "sandbox shell" }.Start();
    }

    /// <summary>Its pid, session and process group.</summary>
    public int Pid { get; }

    /// <summary>Ends with its exit code, when it has ended and every answer has been given. The zombie stays.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Shell text that sends an answer.</summary>
    public string ReplyRedirection => _pipes.ReplyRedirection;

    /// <summary>Starts it with the given write ends as stdout and stderr.</summary>
    /// <exception cref="SandboxException">It does not start.</exception>
    public static BashProcess Start(string bash, IReadOnlyList<string> environment, string directory, string control, int standardOutput, int standardError)
    {
        var pipes = BashPipes.Make(control);
        try
        {
            string[] arguments = [.. BashScript.Arguments, BashPipes.ScriptName];
            var process = new BashProcess(OrphanAdoption.Start(() => Spawn.Start(bash, arguments, environment, pipes.Directory, standardOutput, standardError)), pipes);
            process.Send(BashScript.Enter(directory));
            return process;
        }
        catch (SandboxException)
        {
            pipes.CloseScript();
            pipes.CloseReplies();
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
                _pipes.CloseScript();
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
                var count = Libc.Write(_pipes.Script, script[sent..]);
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
        requests[0] = new Libc.PollFd { Descriptor = _pipes.Replies, Events = Libc.PollIn };
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
        }
        while (exitCode is null);

        EndCommands();
        _pipes.CloseReplies();
        Descriptor.CloseAll(_pidFd);
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
            var count = Libc.Read(_pipes.Replies, buffer[held..]);
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

using System.Buffers.Text;
using System.Runtime.InteropServices;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>One bash, the commands that it is sent and the answers that it gives.</summary>
internal sealed class BashProcess
{
    private const int Killed = 128 + Libc.SigKill;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BashPipes _pipes;
    private readonly byte[] _received = new byte[512];
    private readonly bool _isFollowed;
    private int? _announced;
    private TaskCompletionSource<BashReply>? _waiting;
    private int _held;
    private bool _commandsOpen = true;
    private bool _isClosed;

    private BashProcess(int pid, BashPipes pipes, bool isFollowed = false)
    {
        Pid = pid;
        _pipes = pipes;
        _isFollowed = isFollowed;
        PidFd = Libc.OpenPidFd(pid);
    }

    /// <summary>Its pid, session and process group.</summary>
    public int Pid { get; }

    /// <summary>Ends with its exit code, when it has ended and every answer has been given. The zombie stays.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Becomes readable at the end of the process; -1 where the kernel has no such thing.</summary>
    public int PidFd { get; }

    /// <summary>Becomes readable with an answer.</summary>
    public int Replies => _pipes.Replies;

    /// <summary>Shell text that sends an answer.</summary>
    public string ReplyRedirection => _pipes.ReplyRedirection;

    /// <summary>Shell text that waits for what is sent next.</summary>
    public string Wait => _pipes.Wait;

    /// <summary>Starts it with the given write ends as stdout and stderr. It enters a directory when it is told to.</summary>
    /// <exception cref="SandboxException">It does not start.</exception>
    public static BashProcess Start(string bash, IReadOnlyList<string> environment, string control, int standardOutput, int standardError)
    {
        var pipes = BashPipes.Make(control);
        try
        {
            string[] arguments = [.. BashScript.Arguments, BashPipes.ScriptName];
            return new BashProcess(OrphanAdoption.Start(() => Spawn.Start(bash, arguments, environment, pipes.Directory, standardOutput, standardError)), pipes);
        }
        catch (SandboxException)
        {
            pipes.Close();
            throw;
        }
    }

    /// <summary>
    /// Follows a bash that another process of this machine starts on pipes of ours. Its end is told by "ended CODE" among the answers, or by the end of
    /// the process that it lives under.
    /// </summary>
    /// <param name="pipes">The pipes that it is started on.</param>
    /// <param name="guardian">The child of this process that it cannot outlive.</param>
    public static BashProcess Follow(BashPipes pipes, int guardian) => new(guardian, pipes, isFollowed: true);

    /// <summary>Makes it enter the directory of its commands; the first thing that it is sent.</summary>
    /// <exception cref="SandboxException">There is no room for the script.</exception>
    public void Enter(string directory) => Send(BashScript.Enter(directory, Wait));

    /// <summary>Says of a followed bash that it was killed together with whoever would have told.</summary>
    public void Announce()
    {
        lock (_lock)
        {
            // Through the pipe, so that what it told itself before that comes first.
            if (!_isClosed && Libc.Write(_pipes.Replies, "ended 137\0"u8) < 0)
            {
                _announced ??= Killed;
            }
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

        try
        {
            Send(script.Span);
            return waiting.Task;
        }
        catch (SandboxException e)
        {
            return Task.FromException<BashReply>(e);
        }
    }

    /// <summary>Makes the stdin of the next command.</summary>
    /// <exception cref="SandboxException">It cannot be made.</exception>
    public PipeInput OpenInput() => _pipes.OpenInput();

    /// <summary>Makes bash come to the end of its script, run its EXIT trap and leave.</summary>
    public void EndCommands()
    {
        lock (_lock)
        {
            if (_commandsOpen)
            {
                _commandsOpen = false;
                _pipes.End();
            }
        }
    }

    private void Send(ReadOnlySpan<byte> script)
    {
        lock (_lock)
        {
            if (_commandsOpen && !_pipes.Send(script))
            {
                throw new SandboxException($"There is no room for the command in {_pipes.Directory}: {Marshal.GetLastPInvokeErrorMessage()}. Make room where it lies.");
            }
        }
    }

    /// <summary>Takes the answers that are there; called by the one thread that looks after this bash.</summary>
    /// <param name="beforeAnswer">Called when a command has answered, before whoever waits for it is told.</param>
    /// <returns>The exit code when bash has ended; null while it lives.</returns>
    public int? Take(Action beforeAnswer)
    {
        // The end is looked for first: what it answered before that is still there.
        var exitCode = Libc.PeekExit(Pid);
        for (int count; (count = Libc.Read(Replies, _received.AsSpan(_held))) > 0;)
        {
            ReadOnlySpan<byte> received = _received.AsSpan(0, _held + count);
            TakeEnd(received);
            while (BashScript.TryParse(ref received, out var reply))
            {
                Answer(reply, beforeAnswer);
            }

            // No honest answer is longer than a few dozen bytes.
            _held = received.Length == _received.Length ? 0 : received.Length;
            received[.._held].CopyTo(_received);
        }

        lock (_lock)
        {
            return _announced ?? (_isFollowed && exitCode is not null ? Killed : exitCode);
        }
    }

    /// <summary>Gives up everything that belongs to it.</summary>
    public void Close()
    {
        EndCommands();
        Descriptor.CloseAll(PidFd);
        lock (_lock)
        {
            _pipes.Close();
            _isClosed = true;
        }
    }

    /// <summary>Says that it has ended.</summary>
    public void End(int exitCode)
    {
        lock (_lock)
        {
            _ended.SetResult(exitCode);
            _waiting?.TrySetResult(new BashReply(exitCode, null));
        }
    }

    private void Answer(BashReply reply, Action beforeAnswer)
    {
        TaskCompletionSource<BashReply>? waiting;
        lock (_lock)
        {
            (waiting, _waiting) = (_waiting, null);
            _pipes.NoteRead();
        }

        if (waiting is not null)
        {
            beforeAnswer();
            waiting.TrySetResult(reply);
        }
    }

    private void TakeEnd(ReadOnlySpan<byte> received)
    {
        var at = _isFollowed ? received.IndexOf("ended "u8) : -1;
        if (at >= 0 && received[at..].Contains((byte)0) && Utf8Parser.TryParse(received[(at + 6)..], out int exitCode, out _))
        {
            lock (_lock)
            {
                _announced ??= exitCode;
            }
        }
    }
}

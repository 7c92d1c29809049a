using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>One bwrap with the supervisor in it, and with it everything that runs in the sandbox.</summary>
internal sealed class NamespaceProcess
{
    private const int WholeTime = 30_000;
    private const int AnswerTime = 5_000;

    // The EXIT traps of the sessions have ten seconds.
    private const int LeaveTime = 11_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private static readonly string[] Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"];
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly StringBuilder _received = new();
    private readonly int _pidFd;
    private readonly int _orders;
    private readonly int _answers;
    private readonly int _errors;
    private int _initFd = -1;

    private NamespaceProcess(int pid, int orders, int answers, int errors)
    {
        Pid = pid;
        _pidFd = Libc.OpenPidFd(pid);
        (_orders, _answers, _errors) = (orders, answers, errors);
    }

    /// <summary>The bwrap outside, a child of this process. Its zombie is kept until <see cref="Release"/>.</summary>
    public int Pid { get; }

    /// <summary>The first process inside, as seen from outside.</summary>
    public int InitPid { get; private set; }

    public bool IsAlive => Libc.PeekExit(Pid) is null;

    /// <summary>Starts it; <see cref="ComeUpAsync"/> must follow.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="orders">The path of the supervisor's pipe.</param>
    /// <param name="owner">The user inside; null for that of this process.</param>
    /// <exception cref="SandboxException">It does not start.</exception>
    public static async Task<NamespaceProcess> StartAsync(IReadOnlyList<string> command, string orders, int? owner)
    {
        File.Delete(orders);
        var ordersEnd = BashPipes.Open(orders, owner, Libc.NonBlocking);
        if (ordersEnd < 0)
        {
            throw new SandboxException($"The pipe {orders} could not be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var (answers, errors) = Pipe.OpenTwo();
        try
        {
            var pid = await ImmortalThread.RunAsync(() => OrphanAdoption.Start(() => Spawn.Start(command[0], command, Environment, "/", answers.WriteEnd, errors.WriteEnd))).ConfigureAwait(false);
            return new NamespaceProcess(pid, ordersEnd, answers.ReadEnd, errors.ReadEnd);
        }
        catch (SandboxException)
        {
            Descriptor.CloseAll(ordersEnd, answers.ReadEnd, errors.ReadEnd);
            throw;
        }
        finally
        {
            Descriptor.CloseAll(answers.WriteEnd, errors.WriteEnd);
        }
    }

    /// <summary>Hands the supervisor its script and waits until it is up.</summary>
    /// <param name="script">What it runs first.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="SandboxException">It does not come up, and nothing of it is left; the message has bwrap's own words.</exception>
    public async Task ComeUpAsync(string script, CancellationToken cancellationToken)
    {
        await WriteAsync(script).ConfigureAwait(false);
        var answer = await Task.Run(() => ReadLine(WholeTime, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        if (answer == Supervisor.Up)
        {
            InitPid = FindInit();
            _initFd = Libc.OpenPidFd(InitPid);
            return;
        }

        await KillAsync().ConfigureAwait(false);
        var words = ReadErrors();
        Release();
        cancellationToken.ThrowIfCancellationRequested();
        throw new SandboxException(Obstacles.Explain(words));
    }

    /// <summary>Gives the supervisor an order that it does not answer.</summary>
    public async Task SendAsync(string order)
    {
        await _asking.WaitAsync().ConfigureAwait(false);
        try
        {
            await WriteAsync(order).ConfigureAwait(false);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Waits until the sessions have ended, and with them the sandbox when they left nothing running.</summary>
    /// <returns>Whether all is over; false when something still runs.</returns>
    public async Task<bool> LeaveAsync() =>
        await AskAsync(Supervisor.Leave, LeaveTime).ConfigureAwait(false) is null && await Task.Run(() => Libc.IsReady(_pidFd, Libc.PollIn, AnswerTime)).ConfigureAwait(false);

    /// <summary>Waits until the sessions have ended.</summary>
    /// <returns>Whether they left nothing running.</returns>
    public async Task<bool> RestAsync() => await AskAsync(Supervisor.Rest, LeaveTime).ConfigureAwait(false) is Supervisor.Empty;

    /// <summary>Ends every process but the supervisor: SIGTERM, the grace period, SIGKILL. A supervisor that does not do it loses the whole sandbox.</summary>
    public async Task ClearAsync(TimeProvider timeProvider, TimeSpan grace)
    {
        var (started, reallyStarted) = (timeProvider.GetTimestamp(), TimeProvider.System.GetTimestamp());
        var answer = await AskAsync(Supervisor.Terminate).ConfigureAwait(false);
        while (answer is not (null or Supervisor.Empty)
            && timeProvider.GetElapsedTime(started) < grace && TimeProvider.System.GetElapsedTime(reallyStarted).TotalMilliseconds < WholeTime)
        {
            await Task.Delay(Poll, TimeProvider.System).ConfigureAwait(false);
            answer = await AskAsync(Supervisor.Look).ConfigureAwait(false);
        }

        if (answer is not Supervisor.Empty && (answer is null || await AskAsync(Supervisor.Sweep).ConfigureAwait(false) is not Supervisor.Swept))
        {
            await KillAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Kills the first process inside, with which the kernel ends all others, and waits until none is left.</summary>
    /// <exception cref="SandboxException">One hangs in the kernel.</exception>
    public async Task KillAsync()
    {
        Libc.Signal(_initFd >= 0 ? _initFd : _pidFd, InitPid > 0 ? InitPid : Pid, Libc.SigKill);
        var isGone = await Task.Run(() => (_initFd < 0 || Libc.IsReady(_initFd, Libc.PollIn, WholeTime)) && Libc.IsReady(_pidFd, Libc.PollIn, WholeTime)).ConfigureAwait(false);
        if (!isGone)
        {
            throw new SandboxException($"The processes of the sandbox below {InitPid} do not end; they hang in the kernel. End them by hand.");
        }
    }

    /// <summary>Takes the dead out of the process table and closes all pipes; afterwards the pid may stand for something else.</summary>
    public void Release()
    {
        Libc.Reap(Pid);
        OrphanAdoption.Forget(Pid);
        Descriptor.CloseAll(_orders, _answers, _errors, _pidFd, _initFd);
    }

    private async Task<string?> AskAsync(string order, int milliseconds = AnswerTime)
    {
        await _asking.WaitAsync().ConfigureAwait(false);
        try
        {
            await WriteAsync(order).ConfigureAwait(false);
            return await Task.Run(() => ReadLine(milliseconds, CancellationToken.None)).ConfigureAwait(false);
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task WriteAsync(string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty && IsAlive)
        {
            var count = Libc.Write(_orders, rest.Span);
            if (count > 0)
            {
                rest = rest[count..];
            }
            else
            {
                await Task.Delay(Poll, TimeProvider.System).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next line; null when there is none in time or ever.</summary>
    private string? ReadLine(int milliseconds, CancellationToken cancellationToken)
    {
        const int step = 50;
        Span<byte> buffer = stackalloc byte[256];
        for (var waited = 0; waited < milliseconds && !cancellationToken.IsCancellationRequested;)
        {
            var text = _received.ToString();
            if (text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0)
            {
                _received.Remove(0, end + 1);
                return text[..end];
            }

            if (!WaitForAnswer(step, out var hasEnded))
            {
                waited += step;
                continue;
            }

            // An answer that it gave before it ended is still there.
            var count = hasEnded && !Libc.IsReady(_answers, Libc.PollIn, 0) ? 0 : Libc.Read(_answers, buffer);
            if (count <= 0)
            {
                return null;
            }

            _received.Append(Encoding.UTF8.GetString(buffer[..count]));
        }

        return null;
    }

    private unsafe bool WaitForAnswer(int milliseconds, out bool hasEnded)
    {
        var requests = stackalloc Libc.PollFd[2];
        requests[0] = new Libc.PollFd { Descriptor = _answers, Events = Libc.PollIn };
        requests[1] = new Libc.PollFd { Descriptor = _pidFd, Events = Libc.PollIn };
        var isReady = Libc.Poll(requests, 2, milliseconds) > 0;
        hasEnded = requests[1].Returned != 0;
        return isReady;
    }

    private string ReadErrors()
    {
        Span<byte> buffer = stackalloc byte[4096];
        var count = Libc.IsReady(_errors, Libc.PollIn, 0) ? Libc.Read(_errors, buffer) : 0;
        return count > 0 ? Encoding.UTF8.GetString(buffer[..count]).Trim() : "";
    }

    /// <summary>bwrap has one child, which is the first process of the new namespace.</summary>
    private int FindInit()
    {
        var children = $"/proc/{Pid}/task/{Pid}/children";
        var first = File.Exists(children) ? File.ReadAllText(children).Split(' ')[0] : "";
        return int.TryParse(first, CultureInfo.InvariantCulture, out var pid) ? pid : ProcessTable.Read().Find(entry => entry.Parent == Pid).Pid;
    }
}

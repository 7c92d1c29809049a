using System.Text;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>Everything that the shells of one sandbox session started, wherever it hides: found by session, by parentage and by a mark in the environment.</summary>
/// <param name="mark">A text that no other process has in its environment.</param>
/// <param name="timeProvider">The clock of the grace period.</param>
/// <param name="grace">How long processes may take to end by themselves after SIGTERM.</param>
internal sealed class ProcessTree(string mark, TimeProvider timeProvider, TimeSpan grace)
{
    /// <summary>The pid of the kernel's own threads' parent; they have no environment.</summary>
    private const int KernelThreads = 2;

    private const int UnsureLooks = 20;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly byte[] _mark = Encoding.ASCII.GetBytes(mark);
    private readonly List<int> _leaders = [];
    private RecentProcesses? _recent;
    private ulong _oldest = ulong.MaxValue;

    /// <summary>Looks at every process of the machine: there is no shell to tell how old the tree can be.</summary>
    public void AddAnyAge() => _oldest = 0;

    /// <summary>Takes in a shell that leads a session of its own. Its zombie is kept until nothing is left of the session.</summary>
    public void Add(int leader)
    {
        lock (_leaders)
        {
            _leaders.Add(leader);
            _recent ??= new RecentProcesses(leader);
            if (ProcessTable.TryRead(leader, out var entry))
            {
                _oldest = Math.Min(_oldest, entry.StartTime);
            }
        }
    }

    /// <summary>What lives of the tree at this moment.</summary>
    public List<ProcessEntry> Find() => Find(out _, out _);

    /// <summary>What lives of the tree at this moment.</summary>
    /// <param name="isUnsure">Whether something may be hidden in the middle of executing a program.</param>
    /// <param name="isWhole">Whether nothing can have been started, and missed, meanwhile.</param>
    private List<ProcessEntry> Find(out bool isUnsure, out bool isWhole)
    {
        (isUnsure, isWhole) = (false, false);
        var all = _recent?.Read(out isWhole) ?? ProcessTable.Read();
        var members = new HashSet<int>();
        lock (_leaders)
        {
            foreach (var entry in all)
            {
                // Nothing that is older than the first shell can come from it, so its environment need not be read.
                var isMember = _leaders.Contains(entry.Session) || _leaders.Contains(entry.Group) ? true
                    : entry.StartTime < _oldest || entry.IsZombie || entry.Parent == KernelThreads ? false
                    : ProcessTable.HasInEnvironment(entry.Pid, _mark);
                isUnsure |= isMember is null;
                if (isMember == true)
                {
                    members.Add(entry.Pid);
                }
            }
        }

        bool grown;
        do
        {
            grown = false;
            foreach (var entry in all)
            {
                grown |= members.Contains(entry.Parent) && members.Add(entry.Pid);
            }
        }
        while (grown);

        return all.FindAll(entry => !entry.IsZombie && entry.Pid != Environment.ProcessId && members.Contains(entry.Pid));
    }

    /// <summary>Reaps the shells when nothing lives of the tree.</summary>
    /// <returns>False when something lives, or may.</returns>
    public bool TryBury()
    {
        if (Find(out var isUnsure, out var isWhole).Count > 0 || isUnsure || !isWhole)
        {
            return false;
        }

        ReapAll();
        return true;
    }

    /// <summary>Ends the whole tree: SIGTERM, the grace period, then SIGKILL until two looks in a row find nothing.</summary>
    /// <exception cref="SandboxException">Something cannot be killed: it runs as another user, or hangs inside the kernel.</exception>
    public async Task KillAsync()
    {
        var isEmpty = await TerminateAsync().ConfigureAwait(false);
        var started = TimeProvider.System.GetTimestamp();

        // One look can miss a process that is being forked while its parent, already looked at, ends. One that shows no environment may be
        // about to show ours; a program started with an empty one never will, so that the patience with it is short.
        var unsure = 0;
        for (var empty = isEmpty ? 1 : 0; empty < 2;)
        {
            var found = Find(out var isUnsure, out _);
            if (found.Count == 0 && (!isUnsure || ++unsure > UnsureLooks))
            {
                empty++;
                continue;
            }

            empty = 0;

            Signal(found, Libc.SigKill);
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new SandboxException(
                    $"These processes of the sandbox do not end: {string.Join(", ", found.Select(entry => entry.Pid))}. They run as another user or hang in the kernel; end them by hand.");
            }

            await Task.Delay(Poll, TimeProvider.System).ConfigureAwait(false);
        }

        ReapAll();
    }

    /// <summary>Lets go of the shells that have ended and left nothing behind.</summary>
    public void ReapEmptySessions()
    {
        var all = ProcessTable.Read();
        lock (_leaders)
        {
            _leaders.RemoveAll(leader =>
            {
                var isEmpty = all.TrueForAll(entry => (entry.Session != leader && entry.Group != leader) || (entry.Pid == leader && entry.IsZombie));
                if (isEmpty)
                {
                    Release(leader);
                }

                return isEmpty;
            });
        }
    }

    /// <summary>Asks the tree to end; true when it did.</summary>
    private async Task<bool> TerminateAsync()
    {
        var signaled = new HashSet<ProcessEntry>();
        var started = timeProvider.GetTimestamp();
        var reallyStarted = TimeProvider.System.GetTimestamp();
        for (var found = Find(); found.Count > 0; found = Find())
        {
            var fresh = found.FindAll(entry => signaled.Add(entry with { Parent = 0, Group = 0, Session = 0 }));
            Signal(fresh, Libc.SigTerm);

            // A stopped process takes its SIGTERM only when it runs again.
            Signal(fresh, Libc.SigCont);
            if (timeProvider.GetElapsedTime(started) >= grace || TimeProvider.System.GetElapsedTime(reallyStarted) > Patience)
            {
                return false;
            }

            // The processes are real even when the clock is a test's, so the looking goes by the real one.
            await Task.Delay(Poll, TimeProvider.System).ConfigureAwait(false);
        }

        return true;
    }

    private void ReapAll()
    {
        lock (_leaders)
        {
            _leaders.ForEach(Release);
            _leaders.Clear();
        }
    }

    private static void Release(int leader)
    {
        Libc.Reap(leader);
        OrphanAdoption.Forget(leader);
    }

    /// <summary>Signals the very processes that were seen, also when a pid was given away meanwhile.</summary>
    private static void Signal(List<ProcessEntry> entries, int signal)
    {
        foreach (var seen in entries)
        {
            var pidFd = Libc.OpenPidFd(seen.Pid);
            if (ProcessTable.TryRead(seen.Pid, out var now) && now.StartTime == seen.StartTime)
            {
                Libc.Signal(pidFd, seen.Pid, signal);
            }

            Descriptor.CloseAll(pidFd);
        }
    }
}

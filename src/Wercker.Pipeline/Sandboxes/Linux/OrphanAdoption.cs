using System.Collections.Concurrent;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>
/// Makes this process the parent of whatever its sandboxes orphan, so that even a program that left its session and cleared its environment is found
/// and ended with the last sandbox.
/// </summary>
internal static class OrphanAdoption
{
    /// <summary>After that it hangs in the kernel, and nothing can be done.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<int, bool> Shells = new();
    private static int _users;
    private static bool _wasSubreaper;

    /// <summary>Starts a shell and notes it, so that it is never taken for an orphan, not even between the two.</summary>
    public static int Start(Func<int> spawn)
    {
        if (Volatile.Read(ref _users) == 0)
        {
            var shell = spawn();
            Shells[shell] = true;
            return shell;
        }

        lock (Gate)
        {
            var shell = spawn();
            Shells[shell] = true;
            return shell;
        }
    }

    /// <summary>Forgets a shell that has been reaped.</summary>
    public static void Forget(int shell) => Shells.TryRemove(shell, out _);

    /// <summary>One more sandbox wants it.</summary>
    public static unsafe void Begin()
    {
        lock (Gate)
        {
            if (_users++ == 0)
            {
                int before;
                Libc.ProcessControl(Libc.GetChildSubreaper, (nuint)(&before), 0, 0, 0);
                _wasSubreaper = before != 0;
                Libc.ProcessControl(Libc.SetChildSubreaper, 1, 0, 0, 0);
            }
        }
    }

    /// <summary>One sandbox less. With the last one the adopted processes are killed; before, only the dead are buried.</summary>
    public static async Task EndAsync()
    {
        // Until nothing is left: a killed process hands its own children up to this one.
        var started = TimeProvider.System.GetTimestamp();
        while (Bury(out var alive) && alive.Count > 0 && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            foreach (var entry in alive)
            {
                var pidFd = Libc.OpenPidFd(entry.Pid);
                if (ProcessTable.TryRead(entry.Pid, out var now) && now.StartTime == entry.StartTime)
                {
                    Libc.Signal(pidFd, entry.Pid, Libc.SigKill);
                }

                Descriptor.CloseAll(pidFd);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System).ConfigureAwait(false);
        }

        lock (Gate)
        {
            if (--_users == 0 && !_wasSubreaper)
            {
                Libc.ProcessControl(Libc.SetChildSubreaper, 0, 0, 0, 0);
            }
        }
    }

    /// <summary>Reaps adopted zombies; true, with those that still live, when the caller is the last user.</summary>
    private static bool Bury(out List<ProcessEntry> alive)
    {
        lock (Gate)
        {
            var self = Environment.ProcessId;
            ProcessTable.TryRead(self, out var host);

            // The host's own children share its session; those of sandboxes never do.
            var adopted = ProcessTable.Read().FindAll(entry => entry.Parent == self && entry.Session != host.Session && !Shells.ContainsKey(entry.Pid));
            foreach (var dead in adopted.Where(entry => entry.IsZombie))
            {
                Libc.Reap(dead.Pid);
            }

            alive = adopted.FindAll(entry => !entry.IsZombie);
            return _users == 1;
        }
    }
}

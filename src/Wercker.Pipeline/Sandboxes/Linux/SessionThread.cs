namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>Threads for sessions, which wait for a while for the next session: to start one takes .NET about as long as the system takes to start a bash.</summary>
internal sealed class SessionThread
{
    private const int MostIdle = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Stack<SessionThread> Idle = new();
    private Action? _work;

    private SessionThread(Action work)
    {
        _work = work;
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "sandbox session" }.Start();
    }

    /// <summary>Runs something that may wait long and must not wait for a thread of the pool.</summary>
    public static void Run(Action work)
    {
        SessionThread? idle;
        lock (Idle)
        {
            Idle.TryPop(out idle);
        }

        if (idle is null)
        {
            _ = new SessionThread(work);
            return;
        }

        lock (idle)
        {
            idle._work = work;
            Monitor.Pulse(idle);
        }
    }

    private void Run()
    {
        while (_work is { } work)
        {
            work();
            _work = null;
            lock (Idle)
            {
                if (Idle.Count >= MostIdle)
                {
                    return;
                }

                Idle.Push(this);
            }

            while (!WaitForWork())
            {
            }
        }
    }

    /// <summary>Waits for work; false when that was for nothing, and this thread may have been given work since.</summary>
    private bool WaitForWork()
    {
        lock (this)
        {
            if (_work is not null || Monitor.Wait(this, Patience))
            {
                return _work is not null;
            }
        }

        lock (Idle)
        {
            var others = Idle.Where(thread => thread != this).ToArray();
            if (others.Length == Idle.Count)
            {
                // Somebody has taken it just now, and its work is coming.
                return false;
            }

            Idle.Clear();
            Array.ForEach(others, Idle.Push);
            return true;
        }
    }
}

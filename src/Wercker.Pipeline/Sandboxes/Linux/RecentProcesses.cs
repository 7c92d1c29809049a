using System.Buffers.Text;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The processes that were started after one that is known, without looking at all the others.</summary>
/// <remarks>
/// The kernel gives out pids in a circle, so all later processes have one between the first and the newest, as long as the circle has not been closed.
/// How many processes were ever started tells whether it can have been.
/// </remarks>
internal sealed class RecentProcesses
{
    private const int MostCandidates = 512;
    private static readonly long Circle = ReadCircle();
    private readonly int _first;
    private readonly long _started;

    /// <summary>Begins with a process that was just started.</summary>
    public RecentProcesses(int first)
    {
        _first = first;
        _started = CountStarted();
    }

    /// <summary>Those that live now, the first among them; all of the machine when it cannot be told which are recent, or when there are many.</summary>
    /// <param name="isWhole">True when none was started while this looked, so that none can have been missed.</param>
    public List<ProcessEntry> Read(out bool isWhole)
    {
        isWhole = false;
        var (threads, newest) = ReadNewest();
        var distance = newest >= _first ? newest - _first : newest + Circle - _first;
        var started = CountStarted() - _started;
        if (newest <= 0 || distance > MostCandidates || _started < 0 || started + threads > Circle / 2)
        {
            return ProcessTable.Read();
        }

        var entries = new List<ProcessEntry>();
        for (long i = 0; i <= distance; i++)
        {
            if (ProcessTable.TryRead((int)((_first + i) % Circle), out var entry))
            {
                entries.Add(entry);
            }
        }

        isWhole = ReadNewest().Newest == newest;
        return entries;
    }

    /// <summary>How many threads there are and the pid that was given out last: the end of /proc/loadavg, as in "0.20 0.18 0.12 1/80 11206".</summary>
    private static (long Threads, long Newest) ReadNewest()
    {
        Span<byte> buffer = stackalloc byte[128];
        var length = ProcessTable.ReadFile("/proc/loadavg", buffer);
        ReadOnlySpan<byte> text = length > 0 ? buffer[..length] : [];
        var threads = Number(text[(text.IndexOf((byte)'/') + 1)..]);
        return (threads, Number(text[(text.LastIndexOf((byte)' ') + 1)..]));
    }

    private static long CountStarted()
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var length = ProcessTable.ReadFile("/proc/stat", buffer);
        var at = length > 0 ? buffer[..length].IndexOf("\nprocesses "u8) : -1;
        return at < 0 ? -1 : Number(buffer[(at + 11)..length]);
    }

    private static long ReadCircle()
    {
        Span<byte> buffer = stackalloc byte[32];
        var length = ProcessTable.ReadFile("/proc/sys/kernel/pid_max", buffer);
        return length > 0 ? Number(buffer[..length]) : 1;
    }

    private static long Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long value, out _) ? value : -1;
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Wercker.Pipeline.LocalHeroku.Processes;

/// <summary>
/// Finds and kills everything that a process started. A child that made itself a session of its own is no longer found by
/// parent or group. It is known by the marker in its environment, or else by what it still holds: the directory it works in,
/// or the pipe that it writes to.
/// </summary>
internal static partial class ProcessTree
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Sends a signal to the group that the process leads, and to its descendants in other groups.</summary>
    public static void Signal(int leader, ProcessTraces traces, int signal)
    {
        HashSet<int> members = Find(leader, traces);
        _ = SendSignal(-leader, signal);
        foreach (int pid in members.Where(pid => GetGroup(pid) != leader))
        {
            _ = SendSignal(pid, signal);
        }
    }

    /// <summary>Kills until none is left: what forks while it is being looked for is found in the next round.</summary>
    public static async Task KillAsync(int? leader, ProcessTraces traces, TimeProvider time)
    {
        for (int round = 0; round < 200; round++)
        {
            HashSet<int> members = Find(leader, traces);
            if (members.Count == 0)
            {
                return;
            }

            foreach (int pid in members)
            {
                _ = SendSignal(pid, Kill);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50, 2 + round)), time).ConfigureAwait(false);
        }
    }

    private static HashSet<int> Find(int? leader, ProcessTraces traces)
    {
        var parents = new Dictionary<int, int>();
        var found = new HashSet<int>();
        byte[] marker = Encoding.UTF8.GetBytes(traces.Marker);
        foreach (string directory in ListProcesses())
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                || !TryReadStat(pid, out int parent, out int group))
            {
                continue;
            }

            parents[pid] = parent;
            if (pid == leader || group == leader || HasMarker(pid, marker) || Holds(pid, traces))
            {
                found.Add(pid);
            }
        }

        // Children of what is known, for those that emptied their environment.
        bool grown = true;
        while (grown)
        {
            grown = false;
            foreach ((int pid, int parent) in parents)
            {
                grown |= found.Contains(parent) && found.Add(pid);
            }
        }

        found.Remove(Environment.ProcessId);
        return found;
    }

    private static string[] ListProcesses() => Directory.Exists("/proc/self") ? Directory.GetDirectories("/proc") : [];

    private static bool TryReadStat(int pid, out int parent, out int group)
    {
        parent = group = 0;
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
            group = int.Parse(fields[2], CultureInfo.InvariantCulture);
            return fields[0] is not ("Z" or "X");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool HasMarker(int pid, byte[] marker)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(marker) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Holds(int pid, ProcessTraces traces)
    {
        if (pid == Environment.ProcessId)
        {
            return false;
        }

        return (traces.Directory is { } directory && LinkOf($"/proc/{pid}/cwd") is { } cwd
                && (cwd == directory || cwd.StartsWith(directory + "/", StringComparison.Ordinal)))
            || (traces.Pipe is { } pipe && (LinkOf($"/proc/{pid}/fd/1") == pipe || LinkOf($"/proc/{pid}/fd/2") == pipe));
    }

    /// <summary>Null when the process is gone, or is somebody else's.</summary>
    public static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "getpgid")]
    private static partial int GetGroup(int pid);
}

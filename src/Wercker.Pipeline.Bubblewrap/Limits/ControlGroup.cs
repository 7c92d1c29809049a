using System.Globalization;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap.Limits;

/// <summary>What a control group has counted.</summary>
/// <param name="Kills">Processes that were killed because of the memory limit.</param>
/// <param name="Refusals">Processes that were not started because of the limit of processes.</param>
internal readonly record struct LimitCounts(long Kills, long Refusals);

/// <summary>The control groups of one sandbox, of version 1 (one for each limit) or 2 (one for all). The kernel counts all processes in it together.</summary>
internal sealed class ControlGroup
{
    private const string Mount = "/sys/fs/cgroup";
    private const long Period = 100_000;
    private readonly List<string> _directories = [];
    private string? _memoryEvents;
    private string? _processEvents;

    private ControlGroup()
    {
    }

    /// <summary>Makes the groups that the limits need.</summary>
    /// <param name="name">Their name, which nothing else has.</param>
    /// <param name="spec">The limits.</param>
    /// <param name="record">A file that gets their paths before they are made, for whoever clears away after a crash.</param>
    /// <returns>The groups; null when there is nothing to limit or when this user may not.</returns>
    public static ControlGroup? TryMake(string name, SandboxSpec spec, string record)
    {
        if (spec is { Memory: null, Processes: null, Processors: null })
        {
            return null;
        }

        var group = new ControlGroup();
        try
        {
            group.Make(name, spec, record);
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            group.Remove();
            return null;
        }
    }

    /// <summary>The files into which a process writes its pid to join.</summary>
    public IEnumerable<string> JoinFiles => _directories.Select(directory => directory + "/cgroup.procs");

    /// <summary>What was counted since they were made.</summary>
    public LimitCounts Read() => new(Count(_memoryEvents, "oom_kill "), Count(_processEvents, "max "));

    /// <summary>Removes them; nothing runs in them any more.</summary>
    public void Remove() => _directories.ForEach(Remove);

    /// <summary>Removes what a record names, with what still runs in it.</summary>
    public static void RemoveRecorded(string record)
    {
        foreach (var directory in File.Exists(record) ? File.ReadAllLines(record).Where(line => line.StartsWith(Mount + "/", StringComparison.Ordinal)) : [])
        {
            var members = directory + "/cgroup.procs";
            foreach (var pid in File.Exists(members) ? File.ReadAllLines(members) : [])
            {
                Libc.Signal(-1, int.Parse(pid, CultureInfo.InvariantCulture), Libc.SigKill);
            }

            Remove(directory);
        }
    }

    private void Make(string name, SandboxSpec spec, string record)
    {
        if (File.Exists(Mount + "/cgroup.controllers"))
        {
            var directory = Add(UnifiedParent(spec), name, record);
            Write(directory, "memory.max", spec.Memory);
            TryWrite(directory, "memory.swap.max", spec.Memory is null ? null : 0);
            Write(directory, "pids.max", spec.Processes);
            if (spec.Processors is { } share)
            {
                File.WriteAllText(directory + "/cpu.max", string.Create(CultureInfo.InvariantCulture, $"{(long)(share * Period)} {Period}"));
            }

            (_memoryEvents, _processEvents) = (directory + "/memory.events", directory + "/pids.events");
            return;
        }

        if (spec.Memory is not null)
        {
            var directory = Add(Parent("memory"), name, record);
            Write(directory, "memory.limit_in_bytes", spec.Memory);
            TryWrite(directory, "memory.memsw.limit_in_bytes", spec.Memory);
            _memoryEvents = directory + "/memory.oom_control";
        }

        if (spec.Processes is not null)
        {
            var directory = Add(Parent("pids"), name, record);
            Write(directory, "pids.max", spec.Processes);
            _processEvents = directory + "/pids.events";
        }

        if (spec.Processors is { } processors)
        {
            var directory = Add(Parent("cpu"), name, record);
            Write(directory, "cpu.cfs_period_us", Period);
            Write(directory, "cpu.cfs_quota_us", (long)(processors * Period));
        }
    }

    private string Add(string parent, string name, string record)
    {
        var directory = $"{parent}/{name}";
        File.AppendAllText(record, directory + "\n");
        Directory.CreateDirectory(directory);
        _directories.Add(directory);
        return directory;
    }

    /// <summary>The group of this process, where its path can be seen; a container may show only a part of the tree.</summary>
    private static string Parent(string controller)
    {
        var own = $"{Mount}/{controller}{OwnPath(controller)}".TrimEnd('/');
        return Directory.Exists(own) ? own : $"{Mount}/{controller}";
    }

    /// <summary>The nearest group above this process that hands the controllers on: a group with processes in it may not.</summary>
    private static string UnifiedParent(SandboxSpec spec)
    {
        string?[] needed = [spec.Memory is null ? null : "memory", spec.Processes is null ? null : "pids", spec.Processors is null ? null : "cpu"];
        for (var directory = (Mount + OwnPath("")).TrimEnd('/'); directory.Length >= Mount.Length; directory = Path.GetDirectoryName(directory)!)
        {
            var control = directory + "/cgroup.subtree_control";
            var given = File.Exists(control) ? File.ReadAllText(control).Split(' ', '\n') : [];
            if (needed.All(controller => controller is null || given.Contains(controller)))
            {
                return directory;
            }
        }

        throw new IOException("No control group above this process hands on its controllers.");
    }

    private static string OwnPath(string controller) =>
        File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3 && parts[1].Split(',').Contains(controller)).Select(parts => parts[2]).FirstOrDefault() ?? "/";

    private static void Write(string directory, string file, long? value)
    {
        if (value is { } number)
        {
            File.WriteAllText($"{directory}/{file}", number.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>For what not every kernel has.</summary>
    private static void TryWrite(string directory, string file, long? value)
    {
        if (File.Exists($"{directory}/{file}"))
        {
            Write(directory, file, value);
        }
    }

    private static long Count(string? file, string key)
    {
        try
        {
            var line = file is null ? null : File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(key.Length), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Remove(string directory)
    {
        // The last process has ended, but the kernel may not have taken it out of the group yet.
        var started = TimeProvider.System.GetTimestamp();
        while (Directory.Exists(directory))
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2))
            {
                Thread.Yield();
            }
        }
    }
}

using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

/// <summary>Looks around on this machine.</summary>
internal static class Machine
{
    /// <summary>The processes that have a text in their environment or their arguments.</summary>
    public static List<int> ProcessesWith(string text) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!))
            .Where(pid => Read(pid, "environ").Contains(text, StringComparison.Ordinal) || Read(pid, "cmdline").Contains(text, StringComparison.Ordinal))];

    /// <summary>The processes that are in the sandbox: those in the process namespace of its first one.</summary>
    public static List<int> ProcessesOf(ISandbox sandbox)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        var init = ((BubblewrapSandbox)sandbox).OrderAsync("", CancellationToken.None).GetAwaiter().GetResult().InitPid;
        var space = Link(init);
        return [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!)).Where(pid => Link(pid) == space)];
    }

    /// <summary>What is left of sandboxes when the kernel has had its time to end a process that it has already killed.</summary>
    public static async Task<string[]> LeftoversAsync()
    {
        var left = Leftovers();
        for (var i = 0; i < 500 && left.Length > 0; i++)
        {
            await Task.Delay(10);
            left = Leftovers();
        }

        return left;
    }

    /// <summary>What is left of sandboxes in the default places: directories, control groups, mounts.</summary>
    private static string[] Leftovers() =>
    [
        .. Directory.EnumerateDirectories(Path.GetTempPath(), "bubblewrap-*"),
        .. Directory.EnumerateDirectories("/dev/shm", "bubblewrap-*"),
        .. Groups("bubblewrap-*"),
        .. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains("bubblewrap-", StringComparison.Ordinal)),
        .. ProcessesWith("bubblewrap-").Select(pid => $"process {pid}"),
    ];

    /// <summary>The control groups of a name.</summary>
    public static string[] Groups(string name) =>
        Directory.GetDirectories("/sys/fs/cgroup", name, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 });

    public static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
        }
    }

    private static string? Link(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Read(int pid, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

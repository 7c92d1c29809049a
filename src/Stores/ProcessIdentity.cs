using System.Globalization;

namespace Wercker.Pipeline.Stores;

/// <summary>Names a process beyond its number, which is given out again: boot, namespace, number and start. Empty where the system does not tell.</summary>
internal static class ProcessIdentity
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";
    private const string Namespace = "/proc/self/ns/pid";

    /// <summary>This process.</summary>
    public static string Own { get; } = Of(Environment.ProcessId) ?? string.Empty;

    /// <summary>True when a process is known to have ended. Of another machine, or another container, nobody here knows.</summary>
    public static bool HasEnded(string identity)
    {
        var slash = identity.LastIndexOf('/');
        return slash > 0
            && identity.StartsWith(Place() + "/", StringComparison.Ordinal)
            && int.TryParse(identity[(slash + 1)..].Split(':')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Of(number) != identity;
    }

    private static string? Of(int number) => StartOf(number) is { } start && Place() is { Length: > 1 } place ? $"{place}/{number}:{start}" : null;

    private static string Place()
    {
        try
        {
            return OperatingSystem.IsLinux() ? $"{File.ReadAllText(BootId).Trim()}+{new FileInfo(Namespace).LinkTarget}" : string.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    /// <summary>The 22nd field of /proc/N/stat, counted behind the name, which may hold anything. A process that has ended and waits for its parent counts as ended.</summary>
    private static string? StartOf(int number)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{number}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

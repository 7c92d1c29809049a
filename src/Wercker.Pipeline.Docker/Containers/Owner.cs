using System.Globalization;

namespace Wercker.Pipeline.Docker.Containers;

/// <summary>The process that a container belongs to, so that what a killed one left behind can be told from what a living one still needs.</summary>
/// <param name="Machine">The machine, also after it has been started again.</param>
/// <param name="Boot">This start of it.</param>
/// <param name="Namespace">The world in which the process id counts.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Started">When it started, in ticks since the boot: process ids are used again.</param>
internal sealed record Owner(string Machine, string Boot, string Namespace, int ProcessId, string Started)
{
    private static readonly Lazy<Owner> This = new(Find);

    public static Owner OfThisProcess() => This.Value;

    /// <summary>Reads the text of a label; null when it is none of ours.</summary>
    public static Owner? Parse(string text) =>
        text.Split(';') is [var machine, var boot, var space, var process, var started] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new Owner(machine, boot, space, id, started)
            : null;

    /// <summary>True when it is certain that the owner is dead. Of other machines, and of other process namespaces, nobody here knows anything.</summary>
    /// <param name="here">This process.</param>
    /// <param name="startOf">Tells when the process of an id started; null when there is none.</param>
    public bool IsDead(Owner here, Func<int, string?>? startOf = null) =>
        Machine == here.Machine && (Boot != here.Boot || (Namespace == here.Namespace && (startOf ?? StartOf)(ProcessId) != Started));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Machine};{Boot};{Namespace};{ProcessId};{Started}");

    private static Owner Find() => new(
        Read("/etc/machine-id") is { Length: > 0 } machine ? machine : Environment.MachineName,
        Read("/proc/sys/kernel/random/boot_id"),
        new FileInfo("/proc/self/ns/pid").LinkTarget ?? "",
        Environment.ProcessId,
        StartOf(Environment.ProcessId) ?? "");

    private static string? StartOf(int processId)
    {
        // The name in parentheses may hold spaces; the start time is the 20th word after it.
        var stat = Read($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/stat");
        return stat.LastIndexOf(')') is var end and > 0 && stat[(end + 2)..].Split(' ') is { Length: > 19 } words && words[0] != "Z" ? words[19] : null;
    }

    private static string Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

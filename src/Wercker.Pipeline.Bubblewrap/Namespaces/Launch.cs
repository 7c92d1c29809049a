using System.Globalization;
using Wercker.Pipeline.Bubblewrap.Limits;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>What comes before bwrap, so that the limits hold from its first instruction on.</summary>
internal static class Launch
{
    // Joins every control group that is named before "--", then becomes the rest.
    private const string Join = "while [ \"$1\" != -- ]; do echo $$ >\"$1\" || exit 125; shift; done; shift; exec \"$@\"";

    /// <summary>The words before the command.</summary>
    /// <param name="group">The control groups; null when none could be made.</param>
    /// <param name="spec">The limits.</param>
    /// <param name="notices">Gets a sentence for each limit that cannot be kept as it is meant.</param>
    public static IEnumerable<string> Before(ControlGroup? group, SandboxSpec spec, List<string> notices)
    {
        if (group is not null)
        {
            return ["/bin/sh", "-c", Join, "sh", .. group.JoinFiles, "--"];
        }

        if (spec is { Memory: null, Processes: null, Processors: null })
        {
            return [];
        }

        const string why = "because this user may not make control groups (/sys/fs/cgroup is not writable)";
        var limits = new List<string>();
        if (spec.Memory is { } bytes)
        {
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"--as={bytes}"));
            notices.Add($"The memory limit holds for each process by itself and not for all together, {why}; a command that reaches it fails and is not told apart from other failures.");
        }

        if (spec.Processes is { } processes)
        {
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"--nproc={processes}"));
            notices.Add($"The limit of processes counts all of the user's processes, {why}.");
        }

        if (spec.Processors is not null)
        {
            notices.Add($"The limit of processors is not kept, {why}.");
        }

        return limits.Count == 0 ? [] : [ProcessSandboxProvider.FindProgram("prlimit") ?? "prlimit", .. limits, "--"];
    }
}

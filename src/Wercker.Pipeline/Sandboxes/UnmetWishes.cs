using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>What a specification asks of a platform that a process of this machine does not have the choice of.</summary>
internal static class UnmetWishes
{
    /// <summary>One sentence for each.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="kind">What the sandbox is called.</param>
    /// <param name="cancellationToken">Cancels the look at the installed packages.</param>
    public static async Task<IReadOnlyList<string>> FindAsync(SandboxSpec spec, string kind, CancellationToken cancellationToken)
    {
        var notices = FindOnPlatform(spec, kind, "this machine");
        if (spec.Packages.Count > 0 && await FindMissingAsync(spec.Packages, kind, cancellationToken).ConfigureAwait(false) is { Length: > 0 } missing)
        {
            notices.Add(missing);
        }

        return notices;
    }

    /// <summary>One sentence for each but the packages.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="kind">What the sandbox is called.</param>
    /// <param name="machine">Where it runs its commands: "this machine".</param>
    public static List<string> FindOnPlatform(SandboxSpec spec, string kind, string machine)
    {
        var notices = new List<string>();
        if (spec.Image is not null)
        {
            notices.Add($"The image '{spec.Image}' is not used: the {kind} sandbox runs commands on {machine} as it is. Use a container sandbox for an image.");
        }

        if (spec.Language is not (null or "blank") || spec.Version is not null)
        {
            var platform = string.Join(' ', new[] { spec.Language, spec.Version }.Where(word => word is not null));
            notices.Add($"The platform '{platform}' is not set up: the {kind} sandbox uses what is installed on {machine}.");
        }

        string[] walls =
        [
            .. Wish(spec.Memory is not null, "memory"), .. Wish(spec.Processors is not null, "cpus"), .. Wish(spec.Processes is not null, "pids"), .. Wish(spec.Disk is not null, "disk"),
            .. Wish(!spec.Network, "network none"), .. Wish(spec.User is not null, "user"), .. Wish(spec.Mounts.Count > 0, "mounts"),
        ];
        if (walls.Length > 0)
        {
            notices.Add($"Not kept by the {kind} sandbox, which confines nothing: {string.Join(", ", walls)}. Use a container sandbox for limits and walls.");
        }

        return notices;
    }

    private static IEnumerable<string> Wish(bool isThere, string name) => isThere ? [name] : [];

    private static async Task<string?> FindMissingAsync(IReadOnlyList<string> packages, string kind, CancellationToken cancellationToken)
    {
        var dpkg = ProcessSandboxProvider.FindProgram("dpkg-query");
        if (dpkg is null)
        {
            return $"The packages {string.Join(", ", packages)} are asked for; this machine has no dpkg to tell whether they are installed, and the {kind} sandbox installs none.";
        }

        // It exits 1 when a package is unknown, and still lists the others.
        var answer = await Tool.RunAsync(dpkg, ["-W", "-f", "${Package} ${db:Status-Status}\n", "--", .. packages], cancellationToken).ConfigureAwait(false);
        var installed = answer.OutputText.Split('\n').Where(line => line.EndsWith(" installed", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
        var missing = packages.Where(package => !installed.Contains(package)).ToArray();
        return missing.Length == 0 ? null : $"These packages are not installed on this machine, and the {kind} sandbox installs none: {string.Join(", ", missing)} (apt-get install {string.Join(' ', missing)}).";
    }
}

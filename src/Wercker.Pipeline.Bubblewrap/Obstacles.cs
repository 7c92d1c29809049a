using System.Collections.Concurrent;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Linux;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Bubblewrap;

/// <summary>Why bubblewrap does not work here, in words that say what to do.</summary>
internal static class Obstacles
{
    private static readonly ConcurrentDictionary<string, bool> Working = new();

    /// <summary>Tries it with a program that does nothing; what has worked once is not tried again.</summary>
    /// <param name="program">The bwrap.</param>
    /// <param name="owner">The user that commands run as; null for that of this process.</param>
    /// <returns>What is in the way; null when it works.</returns>
    public static string? Find(string program, int? owner)
    {
        var bwrap = program.Contains('/', StringComparison.Ordinal) ? (File.Exists(program) ? program : null) : ProcessSandboxProvider.FindProgram(program);
        if (bwrap is null)
        {
            return $"The bubblewrap sandbox needs {program}, and there is none here; install it (apt-get install bubblewrap).";
        }

        if (owner is not null && ProcessSandboxProvider.FindProgram("setpriv") is null)
        {
            return "The bubblewrap sandbox needs setpriv to run commands as an ordinary user when it is started by root; install it (apt-get install util-linux).";
        }

        var key = $"{bwrap} {owner}";
        if (Working.ContainsKey(key))
        {
            return null;
        }

        string[] command = [.. Prefix(owner), bwrap, "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "/bin/sh", "-c", ":"];
        var answer = Tool.RunAsync(command[0], command[1..], CancellationToken.None).GetAwaiter().GetResult();
        if (answer.ExitCode == 0)
        {
            Working[key] = true;
            return null;
        }

        return Explain(answer.ErrorText);
    }

    /// <summary>Why a user cannot reach a directory; null when he can.</summary>
    public static string? FindUnreachable(string path, int? owner)
    {
        const int searchByOthers = 1;
        for (var directory = Path.GetFullPath(path); owner is not null && directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Directory.Exists(directory) && (Libc.ModeOf(directory) & searchByOthers) == 0)
            {
                return $"The work directory {path} cannot be reached by user {owner}, as whom commands run: {directory} is closed to others (chmod o+x {directory}, or choose another directory for the sandboxes).";
            }
        }

        return null;
    }

    /// <summary>What comes before bwrap so that it runs as another user.</summary>
    public static IEnumerable<string> Prefix(int? owner) =>
        owner is { } user ? [ProcessSandboxProvider.FindProgram("setpriv") ?? "setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--"] : [];

    /// <summary>What bwrap says, and what it means.</summary>
    public static string Explain(string words)
    {
        var meaning = words switch
        {
            _ when words.Contains("disable-userns", StringComparison.Ordinal) || words.Contains("Unknown option", StringComparison.Ordinal) => "bubblewrap 0.8 or newer is needed",
            _ when words.Contains("ermission", StringComparison.Ordinal) || words.Contains("not permitted", StringComparison.Ordinal) || words.Contains("namespace", StringComparison.Ordinal) =>
                "this machine does not let ordinary users make namespaces; allow it (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a container: a seccomp profile that permits unshare), or choose another sandbox",
            _ when words.Contains("No space left", StringComparison.Ordinal) => "the source is larger than the disk limit; raise it",
            _ => "the sandbox did not start",
        };
        return words.Length == 0 ? $"The bubblewrap sandbox cannot be used: {meaning}." : $"The bubblewrap sandbox cannot be used: {meaning}. It says: {words}";
    }
}

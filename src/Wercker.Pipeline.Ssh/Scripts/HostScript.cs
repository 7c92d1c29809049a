namespace Wercker.Pipeline.Ssh.Scripts;

/// <summary>A POSIX sh script for one phase on one host, with its variables: one round trip.</summary>
/// <param name="Name">The phase, for people who look at the processes of a host.</param>
/// <param name="Body">The script.</param>
internal sealed record HostScript(string Name, string Body)
{
    // Facts are lines of their own, so that what commands of the author print does not look like one.
    private const string Prelude =
        """
        set -u
        say() { printf '@wercker %s\n' "$*"; }
        die() { say fail "$*"; exit 81; }
        lock() { exec 9> "$root/.wercker/lock" || die "cannot write below $root/.wercker"; flock -w 60 9 || die "another script of a deployment holds $root/.wercker/lock; wait for it, or end it"; }
        drop() { mv "$1" "$root/.wercker/old.$$" && rm -rf "$root/.wercker/old.$$"; }

        """;

    /// <summary>The command for the host's shell. What varies is assigned in front, quoted.</summary>
    public string With(params IEnumerable<(string Name, string Value)> variables) =>
        "exec sh -c " + Quote($"# wercker {Name}\n{string.Concat(variables.Select(one => $"{one.Name}={Quote(one.Value)}\n"))}{Prelude}{Body.ReplaceLineEndings("\n")}");

    /// <summary>A word for the shell that stands for exactly this text.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

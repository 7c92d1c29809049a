using System.Text;
using Wercker.Pipeline.Sandboxes.Bash;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>The shell text that runs as the first program inside: it starts bash sessions and kills what is left of them.</summary>
/// <remarks>
/// It comes through a pipe, line by line, and so do the variables of the deployment: they are never arguments, never variables of a program outside
/// (where LD_PRELOAD would be obeyed by bwrap), and never on the disk. kill -1 reaches every process of the sandbox but the supervisor itself.
/// </remarks>
internal static class Supervisor
{
    /// <summary>Enough for any build, and few enough for the machine. The kernel counts them for each sandbox by itself.</summary>
    private const int MostProcesses = 4096;

    public const string Up = "up";
    public const string Empty = "empty";
    public const string Swept = "swept";

    /// <summary>Asks everything to end; answers <see cref="Empty"/> when nothing is left.</summary>
    public const string Terminate = "term\n";

    /// <summary>Answers <see cref="Empty"/> when nothing is left.</summary>
    public const string Look = "left\n";

    /// <summary>Kills everything; answers <see cref="Swept"/> when nothing is left.</summary>
    public const string Sweep = "sweep\n";

    /// <summary>Waits for the sessions to end; answers <see cref="Empty"/> when nothing is left.</summary>
    public const string Rest = "rest\n";

    /// <summary>Waits for the sessions to end and ends itself when nothing else is left; otherwise it answers.</summary>
    public const string Leave = "leave\n";

    /// <summary>The text that makes it ready.</summary>
    /// <param name="environment">The variables of the sessions.</param>
    /// <param name="copyTo">Where the source, bound beside the pipes, is copied to; null when it is bound itself.</param>
    public static string Script(IReadOnlyList<(string Name, string Value, string? Content)> environment, string? copyTo)
    {
        var text = new StringBuilder("environment() {\n");
        foreach (var (name, value, _) in environment)
        {
            // Some names mean something to the shell itself, and a value that it does not like would end it.
            text.Append("command export ").Append(name).Append('=');
            BashScript.Quote(text, value);
            text.Append(" 2>/dev/null || :\n");
        }

        // The last look may have left a zombie among the jobs, which counts as a process until the shell has noticed.
        text.Append("}\n").Append($$"""
            ulimit -p {{MostProcesses}} 2>/dev/null || ulimit -u {{MostProcesses}} 2>/dev/null
            open() { (
            trap : TERM
            trap 'printf "ended %s\0" "$?" >"{{Layout.ControlInside}}/$1/{{BashPipes.ReplyName}}"' EXIT
            environment
            export "$3"
            cd "{{Layout.ControlInside}}/$1" && /bin/bash --noprofile --norc {{BashPipes.ScriptName}} >"../$2.out" 2>"../$2.err"
            ) & }
            left() { jobs >/dev/null; if kill -0 -1 2>/dev/null; then echo left; else echo {{Empty}}; fi; }
            rest() { wait; left; }
            leave() { wait; kill -0 -1 2>/dev/null || exit 0; echo left; }
            term() { kill -TERM -1 2>/dev/null; kill -CONT -1 2>/dev/null; left; }
            sweep() { kill -KILL -1 2>/dev/null; wait; while kill -KILL -1 2>/dev/null; do :; done; echo {{Swept}}; }

            """);
        foreach (var (_, path, content) in environment.Where(variable => variable.Content is not null))
        {
            text.Append("(umask 077; mkdir -p ").Append(Layout.SecretsInside).Append(" && printf %s ");
            BashScript.Quote(text, content!);
            text.Append(" >").Append(path).Append(") || exit 3\n");
        }

        if (copyTo is not null)
        {
            text.Append("cp -a ").Append(Layout.SourceInside).Append("/. ");
            BashScript.Quote(text, copyTo);
            text.Append(" || exit 3\n");
        }

        return text.Append("echo ").Append(Up).Append('\n').ToString();
    }

    /// <summary>Starts a session.</summary>
    /// <param name="pipes">The directory of its script and its answers.</param>
    /// <param name="output">What the pipes of its output are called, without .out and .err.</param>
    /// <param name="mark">NAME=value of the variable by which its processes are found.</param>
    public static string Open(string pipes, string output, string mark) => $"open {pipes} {output} '{mark}'\n";
}

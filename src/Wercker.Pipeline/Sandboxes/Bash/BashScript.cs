using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>What is written to a bash as its script, and what it answers. Knows nothing of how the bytes travel.</summary>
/// <remarks>
/// Each command becomes one compound command, which bash reads to its end before it runs any of it. The user's text is an argument of eval: it cannot
/// break out by an unclosed quote, runs at the top level (break, return and declare mean what they mean there), and sees $? of the command before it.
/// Nothing is left in the user's name space: no variable, no function.
/// </remarks>
internal static class BashScript
{
    /// <summary>How the shell is started; the script's name is added, unless the script comes on stdin.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["bash", "--noprofile", "--norc"];

    /// <summary>The bytes that make a fresh bash enter its directory, as if it had been started there.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="wait">What follows: a line that waits for the first command, or nothing.</param>
    public static byte[] Enter(string directory, string wait = "")
    {
        var text = new StringBuilder("builtin cd -- ");
        Quote(text, directory);
        return Encoding.UTF8.GetBytes(text.Append(" && builtin unset OLDPWD || builtin exit 126\n").Append(wait).ToString());
    }

    /// <summary>The bytes that make bash run a command and answer.</summary>
    /// <param name="command">The user's text.</param>
    /// <param name="last">The answer to the command before; null for the first.</param>
    /// <param name="host">Says where the answer goes.</param>
    /// <param name="input">Its stdin; null for what the session has.</param>
    public static byte[] Compose(string command, BashReply? last, BashHost host, CommandInput? input = null)
    {
        var status = last?.ExitCode ?? 0;
        var flags = last?.Flags ?? "";
        var text = new StringBuilder(command.Length + 256);

        // After an unclosed quote in an eval, bash reads the next line as if it were still inside; an empty one brings it to its senses.
        text.Append("\n{ ");
        if (input is not null)
        {
            text.Append("{ ").Append(input.Announcement);
        }

        // On the left of || a status other than 0 is allowed even under set -e, and eval, on the right, is still subject to it.
        if (status != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"(exit {status}) || ");
        }

        text.Append("builtin eval ");
        Quote(text, TraceAgain(flags, status) + command);
        text.Append(input is null ? "\n" : $"\n}} {input.Redirection}\n");

        // Tracing is switched off for the driver's own words, unseen, and on again inside the next eval. A shell that cannot answer must end, not hang.
        text.Append(CultureInfo.InvariantCulture, $"{{ {host.Answer} || builtin exit 125; builtin set +xv; }} 2>/dev/null\n{host.Wait}}}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Shell text that answers into a pipe, in the form that <see cref="TryParse"/> reads.</summary>
    /// <param name="redirection">Where to: "&gt;'/path/of/a/pipe'".</param>
    public static string AnswerTo(string redirection) => $"builtin printf '%s %s\\0' \"$?\" \"$-\" {redirection}";

    /// <summary>Takes one answer from the front of what has been received.</summary>
    /// <param name="received">The bytes; those of the answer are cut off.</param>
    /// <param name="reply">The answer.</param>
    /// <returns>False while it is not complete.</returns>
    public static bool TryParse(ref ReadOnlySpan<byte> received, out BashReply reply)
    {
        reply = default;
        var end = received.IndexOf((byte)0);
        if (end < 0)
        {
            return false;
        }

        var message = received[..end];
        received = received[(end + 1)..];
        if (!Utf8Parser.TryParse(message, out int exitCode, out var digits))
        {
            return false;
        }

        reply = new BashReply(exitCode, Encoding.ASCII.GetString(message[digits..]).Trim());
        return true;
    }

    private static string TraceAgain(string flags, int status)
    {
        var options = (flags.Contains('x', StringComparison.Ordinal) ? "x" : "") + (flags.Contains('v', StringComparison.Ordinal) ? "v" : "");
        if (options.Length == 0)
        {
            return "";
        }

        // Under set -e the status cannot be put back here, because it would end the shell.
        var restore = status == 0 || flags.Contains('e', StringComparison.Ordinal) ? "" : $" (exit {status});";
        return $"{{ builtin set -{options};{restore} }} 2>/dev/null\n";
    }

    /// <summary>Appends a text as one word of the shell.</summary>
    public static void Quote(StringBuilder text, string value) =>
        text.Append('\'').Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
}

/// <summary>What a shell said at the end of a command.</summary>
/// <param name="ExitCode">The command's exit code; the shell's own when it ended.</param>
/// <param name="Flags">The options in force, as in $-; null when the shell ended.</param>
internal readonly record struct BashReply(int ExitCode, string? Flags);

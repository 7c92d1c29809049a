using System.Buffers;

namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>How bad a line says it is.</summary>
internal enum LineLevel
{
    /// <summary>It does not say, and does not look bad.</summary>
    None,

    /// <summary>It says that all is well: INFO, DEBUG.</summary>
    Harmless,

    /// <summary>It says that something should be looked at: WARN.</summary>
    Warning,

    /// <summary>It does not say, but speaks of failures.</summary>
    Suspicious,

    /// <summary>It says that something is wrong: ERROR, FATAL, panic.</summary>
    Error,
}

/// <summary>Tells lines that look like errors from others.</summary>
internal static class ErrorLine
{
    // The level stands in the head of a line, before the message.
    private const int Head = 200;

    private static readonly SearchValues<string> Hints = SearchValues.Create(
        [
            "error", "fatal", "severe", "crit", "emerg", "alert", "panic", "exception", "traceback", "fail", "refused", "denied", "crash",
            "abort", "unreachable", "unavailable", "segfault", "timed out", "timeout", "corrupt", "unhandled", "uncaught", "unable", "cannot", "out of memory", "invalid",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Failures = SearchValues.Create(
        [
            "error", "fatal", "panic", "exception", "traceback", "failed", "failure", "failing", "refused", "denied", "crashed", "aborted", "aborting",
            "unreachable", "segfault", "timed out", "corrupt", "unhandled", "uncaught", "out of memory",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Words that say the opposite: "0 errors", "no failure", "errors=0".</summary>
    private static readonly SearchValues<string> Denials = SearchValues.Create(
        [
            "0 error", "no error", "without error", "0 fail", "no fail", "0 exception", "no exception", "errors=0", "errors: 0", "error=0", "error: 0", "failed=0", "failed: 0", "failures: 0", "failures=0",
        ],
        StringComparison.OrdinalIgnoreCase);

    public static LineLevel LevelOf(ReadOnlySpan<char> line)
    {
        var hinted = line.ContainsAny(Hints);
        var explicitly = FindLevel(line.Length > Head ? line[..Head] : line, hinted);
        return explicitly is not LineLevel.None ? explicitly
            : hinted && line.ContainsAny(Failures) && !line.ContainsAny(Denials) ? LineLevel.Suspicious
            : LineLevel.None;
    }

    private static LineLevel FindLevel(ReadOnlySpan<char> head, bool hinted)
    {
        for (var i = 0; i < head.Length; i++)
        {
            if (!char.IsAsciiLetter(head[i]))
            {
                continue;
            }

            var start = i;
            while (i < head.Length && char.IsAsciiLetter(head[i]))
            {
                i++;
            }

            var word = head[start..i];
            if (i < head.Length && (char.IsAsciiDigit(head[i]) || head[i] == '_'))
            {
                // glog: E0102 15:04:05
                if (start == 0 && word.Length == 1 && head.Length > 5 && head[5] == ' ')
                {
                    return LevelOfLetter(word[0]);
                }

                continue;
            }

            var level = word.Length switch
            {
                1 when IsField(head, start, i) => LevelOfLetter(word[0]),
                >= 3 and <= 11 => LevelOfWord(word),
                _ => LineLevel.None,
            };
            if (level != LineLevel.None && (word.Length == 1 || IsLevel(head, start, i, word)))
            {
                return level;
            }
        }

        _ = hinted;
        return LineLevel.None;
    }

    /// <summary>In upper case a level speaks for itself; in lower case it must stand where levels stand: [error], error:, level=error, "level":"error".</summary>
    private static bool IsLevel(ReadOnlySpan<char> head, int start, int end, ReadOnlySpan<char> word)
    {
        var before = start == 0 ? ' ' : head[start - 1];
        var after = end == head.Length ? ' ' : head[end];
        if (before is '-' or '_' or '.' or '/' or '$' || after is '-' or '_' or '/' or '(')
        {
            return false;
        }

        if (!word.ContainsAnyInRange('a', 'z'))
        {
            return true;
        }

        var key = head[..start].TrimEnd("\"'=: [");
        return (before is '[' or '<' or '|' && after is ']' or '>' or '|' or ':')
            || key.EndsWith("level", StringComparison.OrdinalIgnoreCase) || key.EndsWith("lvl", StringComparison.OrdinalIgnoreCase) || key.EndsWith("severity", StringComparison.OrdinalIgnoreCase)
            || (after == ':' && (start == 0 || before == ' ') && IsFirstWord(head[..start]));
    }

    /// <summary>"sshd[42]: error: ..." begins its message with the level; "the last error: ..." does not.</summary>
    private static bool IsFirstWord(ReadOnlySpan<char> before)
    {
        var rest = before.TrimEnd();
        return rest.IsEmpty || rest[^1] is ':' or ']' or '-' or '|' || !rest.Contains(' ');
    }

    private static bool IsField(ReadOnlySpan<char> head, int start, int end)
    {
        // Android: "1702  2395 E WindowManager: ..."
        var before = head[..start].TrimEnd();
        return start > 0 && head[start - 1] == ' ' && end < head.Length && head[end] is ' ' or '/' && before.Length > 0 && char.IsAsciiDigit(before[^1]);
    }

    private static LineLevel LevelOfLetter(char letter) => letter switch
    {
        'E' or 'F' => LineLevel.Error,
        'V' or 'D' or 'I' => LineLevel.Harmless,
        'W' => LineLevel.Warning,
        _ => LineLevel.None,
    };

    private static LineLevel LevelOfWord(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        return lower switch
        {
            "error" or "err" or "fatal" or "severe" or "critical" or "crit" or "alert" or "emerg" or "emergency" or "panic" => LineLevel.Error,
            "info" or "information" or "debug" or "trace" or "notice" or "verbose" or "fine" => LineLevel.Harmless,
            "warn" or "warning" => LineLevel.Warning,
            _ => LineLevel.None,
        };
    }
}

namespace Wercker.Pipeline.Logs.Lines;

/// <summary>Finds the time in the lines of one log. Where the first time stood, at the start or inside the line, the others are looked for too.</summary>
/// <param name="zone">The zone of times that name none.</param>
internal sealed class LineClock(TimeZoneInfo zone)
{
    // Further inside stands the message, whose dates are none of ours.
    private const int Reach = 160;
    private bool? _leading;

    /// <summary>Reads a line's time.</summary>
    /// <param name="line">The line.</param>
    /// <param name="latest">The end of what is looked for; a time without a year is of the last year before it.</param>
    /// <param name="at">The time.</param>
    /// <param name="text">Where the text behind a leading time begins; 0 when the time stands inside the line.</param>
    /// <returns>False for a line without a time: it goes on with the one before it.</returns>
    public bool TryRead(ReadOnlySpan<char> line, DateTimeOffset latest, out DateTimeOffset at, out int text)
    {
        (at, text) = (default, 0);
        if (line.IsEmpty || char.IsWhiteSpace(line[0]))
        {
            return false;
        }

        if (_leading != false)
        {
            var start = SkipOpening(line);
            if (TimestampFormats.TryParse(line, start, alone: false, out var time, out var end))
            {
                _leading = true;
                at = time.Resolve(zone, latest);
                text = SkipClosing(line, end);
                return true;
            }
        }

        return _leading != true && TryReadInside(line, latest, out at);
    }

    private bool TryReadInside(ReadOnlySpan<char> line, DateTimeOffset latest, out DateTimeOffset at)
    {
        var head = line[..Math.Min(line.Length, Reach)];
        for (var i = 1; i < head.Length; i++)
        {
            if (char.IsAsciiDigit(head[i]) && !char.IsAsciiLetterOrDigit(head[i - 1]) && TimestampFormats.TryParse(line, i, alone: !FollowsKey(head[..i]), out var time, out _))
            {
                _leading = false;
                at = time.Resolve(zone, latest);
                return true;
            }
        }

        at = default;
        return false;
    }

    /// <summary>A number alone may be anything, unless a key before it says that it is a time.</summary>
    private static bool FollowsKey(ReadOnlySpan<char> before)
    {
        var key = before.TrimEnd("\"=: ");
        return key.EndsWith("time", StringComparison.OrdinalIgnoreCase) || key.EndsWith("timestamp", StringComparison.OrdinalIgnoreCase) || key.EndsWith("ts", StringComparison.Ordinal);
    }

    private static int SkipOpening(ReadOnlySpan<char> line)
    {
        var i = 0;

        // The priority of syslog, with the version behind it: <34>1
        if (line[0] == '<' && line.IndexOf('>') is > 1 and < 6 and var end)
        {
            i = end + 1;
            i += i + 1 < line.Length && line[i] == '1' && line[i + 1] == ' ' ? 2 : 0;
        }

        while (i < line.Length && line[i] is '[' or '(' or '"' or '\'')
        {
            i++;
        }

        return i;
    }

    private static int SkipClosing(ReadOnlySpan<char> line, int i)
    {
        while (i < line.Length && line[i] is ']' or ')' or '"' or '\'')
        {
            i++;
        }

        i += i < line.Length && line[i] is ':' or ',' or '|' ? 1 : 0;
        while (i < line.Length && line[i] is ' ' or '\t')
        {
            i++;
        }

        return i + 1 < line.Length && line[i] == '-' && line[i + 1] == ' ' ? i + 2 : i;
    }
}

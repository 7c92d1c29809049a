using System.Globalization;
using System.Text;
using Wercker.Pipeline.Reports;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>Reads the lines of a deployment's log: "2013-04-19T10:15:00.123Z Push out | text". A line of any other shape is all text.</summary>
internal static class LogText
{
    private const int TimeLength = 24;
    /// <summary>How many bytes of a line are shown.</summary>
    public const int MaxLine = 16 * 1024;
    private const int MaxSpans = 200;

    /// <summary>Where the step, the stream and the text of a line are.</summary>
    /// <returns>False when the line has another shape.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> line, out Range step, out Range stream, out int text)
    {
        (step, stream, text) = (default, default, 0);
        if (line.Length < TimeLength + 5 || line[10] != 'T' || line[TimeLength - 1] != 'Z' || line[TimeLength] != ' ')
        {
            return false;
        }

        var name = line[(TimeLength + 1)..].IndexOf((byte)' ');
        if (name <= 0)
        {
            return false;
        }

        var tag = TimeLength + 1 + name + 1;
        var end = line[tag..].IndexOf(" | "u8);
        if (end is <= 0 or > 8)
        {
            return false;
        }

        (step, stream, text) = ((TimeLength + 1)..(tag - 1), tag..(tag + end), tag + end + 3);
        return true;
    }

    /// <summary>A line for people: clean, in parts of one style each.</summary>
    public static LogLine Read(long number, ReadOnlySpan<byte> line)
    {
        var isCut = line.Length > MaxLine;
        line = (isCut ? line[..MaxLine] : line).TrimEnd((byte)'\r');
        if (!TrySplit(line, out var step, out var stream, out var text) || !DateTimeOffset.TryParseExact(
            Encoding.ASCII.GetString(line[..TimeLength]), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return new LogLine { Number = number, Spans = SpansOf(line, isCut) };
        }

        var name = OneLine(Encoding.UTF8.GetString(line[step]));
        return new LogLine
        {
            Number = number,
            At = at,
            Step = name == "-" ? null : name,
            Stream = OneLine(Encoding.UTF8.GetString(line[stream])),
            Spans = SpansOf(line[text..], isCut),
        };
    }

    private static List<LogSpan> SpansOf(ReadOnlySpan<byte> utf8, bool isCut)
    {
        var spans = new List<LogSpan>();
        foreach (var (part, classes) in new TerminalStyle().Parts(Encoding.UTF8.GetString(utf8)))
        {
            var text = OneLine(part);
            if (text.Length == 0)
            {
                continue;
            }

            if (spans.Count < MaxSpans)
            {
                spans.Add(new LogSpan(text, classes.Length == 0 ? null : classes));
            }
            else
            {
                // Thousands of colours in one line are there to slow a browser down.
                spans[^1] = spans[^1] with { Text = spans[^1].Text + text };
            }
        }

        if (isCut)
        {
            spans.Add(new LogSpan(" [... the rest of this line is left out; the file has it]", "ti"));
        }

        return spans;
    }

    private static string OneLine(string text) => TerminalText.Clean(text).Replace('\n', ' ').Replace('\u2028', ' ').Replace('\u2029', ' ');
}

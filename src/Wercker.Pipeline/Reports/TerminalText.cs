using System.Buffers;
using System.Text;

namespace Wercker.Pipeline.Reports;

/// <summary>Makes readable text of what a program wrote for a terminal.</summary>
internal static class TerminalText
{
    private const char Escape = '\u001b';

    /// <summary>Controls but not tab and line feed, and the characters that turn the direction of text round and so can show what is not there.</summary>
    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Except([0x09, 0x0A]).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Enumerable.Range(0x202A, 5)).Concat(Enumerable.Range(0x2066, 4)).Select(c => (char)c)]);

    /// <summary>Takes out escape sequences and control characters; a carriage return becomes a line break.</summary>
    public static string Clean(string text)
    {
        var at = text.AsSpan().IndexOfAny(Suspicious);
        if (at < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (at >= 0)
        {
            clean.Append(rest[..at]);
            rest = rest[at..];
            rest = rest[SuspiciousLength(rest, clean)..];
            at = rest.IndexOfAny(Suspicious);
        }

        return clean.Append(rest).ToString();
    }

    private static int SuspiciousLength(ReadOnlySpan<char> text, StringBuilder clean)
    {
        switch (text[0])
        {
            case '\r':
                if (text.Length < 2 || text[1] != '\n')
                {
                    clean.Append('\n');
                }

                return 1;
            case Escape:
                return EscapeLength(text);
            case '\u009b':
                return 1 + ControlSequenceLength(text[1..]);
            case '\u0090' or '\u0098' or '\u009d' or '\u009e' or '\u009f':
                return 1 + ControlStringLength(text[1..]);
            case >= '\u202a':
                clean.Append('\ufffd');
                return 1;
            default:
                return 1;
        }
    }

    private static int EscapeLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 2)
        {
            return 1;
        }

        switch (text[1])
        {
            case '[':
                return 2 + ControlSequenceLength(text[2..]);
            case ']' or 'P' or 'X' or '^' or '_':
                return 2 + ControlStringLength(text[2..]);
            default:
                var i = 1;
                while (i < text.Length && text[i] is >= ' ' and <= '/')
                {
                    i++;
                }

                return i < text.Length && text[i] is >= '0' and <= '~' ? i + 1 : i;
        }
    }

    private static int ControlSequenceLength(ReadOnlySpan<char> text)
    {
        var i = 0;
        while (i < text.Length && text[i] is >= ' ' and <= '?')
        {
            i++;
        }

        return i < text.Length && text[i] is >= '@' and <= '~' ? i + 1 : i;
    }

    /// <summary>A title, a link and the like. One without an end stops at the line's end, or it would hide all that follows.</summary>
    private static int ControlStringLength(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny("\a\u009c\n\u001b");
        return end switch
        {
            < 0 => text.Length,
            _ when text[end] == '\n' => end,
            _ when text[end] == Escape => end + (end + 1 < text.Length && text[end + 1] == '\\' ? 2 : 0),
            _ => end + 1,
        };
    }
}

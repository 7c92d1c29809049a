using System.Buffers;
using System.Text;

namespace Wercker.Pipeline.Tool;

/// <summary>Takes out of hostile text what could steer a terminal: escape sequences, control characters, reversed text, broken UTF-8.</summary>
internal static class ConsoleText
{
    private const int Escape = 0x1b;

    private static readonly SearchValues<byte> Harmless =
        SearchValues.Create([(byte)'\t', (byte)'\n', .. Enumerable.Range(0x20, 0x7F - 0x20).Select(value => (byte)value)]);

    /// <summary>True when the bytes can be shown as they are: printable ASCII, tabs and line breaks. Vectorised, for output comes by the gigabyte.</summary>
    public static bool IsHarmless(ReadOnlySpan<byte> utf8) => utf8.IndexOfAnyExcept(Harmless) < 0;

    /// <summary>The text without what could steer a terminal; tabs and line breaks stay.</summary>
    public static string Clean(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (IsHarmless(utf8))
        {
            return text;
        }

        var clean = new ArrayBufferWriter<byte>(utf8.Length);
        Write(utf8, clean);
        return Encoding.UTF8.GetString(clean.WrittenSpan);
    }

    /// <summary>The text in one line.</summary>
    public static string CleanLine(string text) => Clean(text).ReplaceLineEndings(" ");

    /// <summary>Writes the clean text of whole lines.</summary>
    public static void Write(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        if (IsHarmless(utf8))
        {
            output.Write(utf8);
            return;
        }

        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var length);
            length = rune.Value switch
            {
                Escape => EscapeLength(utf8),
                0x9b => length + SequenceLength(utf8[length..]),
                0x90 or 0x98 or 0x9d or 0x9e or 0x9f => length + StringLength(utf8[length..]),
                _ => WriteVisible(rune, length, utf8, output),
            };
            utf8 = utf8[length..];
        }
    }

    private static int WriteVisible(Rune rune, int length, ReadOnlySpan<byte> rest, IBufferWriter<byte> output)
    {
        // A carriage return in a line is a progress bar that draws itself again; at the line's end it is Windows.
        if (rune.Value == '\r')
        {
            output.Write(rest.Length == 1 || rest[1] == '\n' ? default : " "u8);
        }
        else if (rune.Value is '\t' or '\n' || !(Rune.IsControl(rune) || IsDirection(rune.Value)))
        {
            output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
        }

        return length;
    }

    /// <summary>Characters that turn the direction of text round, and so can show what is not there.</summary>
    private static bool IsDirection(int value) => value is (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069);

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 1;
        }

        switch (text[1])
        {
            case (byte)'[':
                return 2 + SequenceLength(text[2..]);
            case (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_':
                return 2 + StringLength(text[2..]);
            default:
                var end = 1;
                while (end < text.Length && text[end] is >= (byte)' ' and <= (byte)'/')
                {
                    end++;
                }

                return end < text.Length && text[end] is >= (byte)'0' and <= (byte)'~' ? end + 1 : end;
        }
    }

    private static int SequenceLength(ReadOnlySpan<byte> text)
    {
        var end = 0;
        while (end < text.Length && text[end] is >= (byte)' ' and <= (byte)'?')
        {
            end++;
        }

        return end < text.Length && text[end] is >= (byte)'@' and <= (byte)'~' ? end + 1 : end;
    }

    /// <summary>A window title, a link. One without an end stops with its line, or it would hide all that follows.</summary>
    private static int StringLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny("\a\n\u001b"u8);
        return end switch
        {
            < 0 => text.Length,
            _ when text[end] == '\a' => end + 1,
            _ when text[end] == Escape && end + 1 < text.Length && text[end + 1] == '\\' => end + 2,
            _ => end,
        };
    }
}

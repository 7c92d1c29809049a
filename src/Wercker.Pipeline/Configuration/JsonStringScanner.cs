using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Configuration;

/// <summary>Reads one string of a JSON text.</summary>
internal static class JsonStringScanner
{
    private const string LineBreakAdvice = "Close it with \" on the same line; a line break inside a string is written \\n.";

    /// <summary>Reads the string whose opening quote is at the position, and moves the position behind its closing quote.</summary>
    public static string Scan(SourceText source, ref int position)
    {
        var text = source.Text;
        var begin = position + 1;
        var i = begin;
        StringBuilder? decoded = null;
        while (true)
        {
            if (i == text.Length)
            {
                throw source.Fault(i, "the file ends inside a string that is not closed", LineBreakAdvice);
            }

            var c = text[i];
            if (c == '"')
            {
                position = i + 1;
                return decoded?.ToString() ?? text[begin..i];
            }

            if (c == '\\')
            {
                decoded ??= new StringBuilder(text, begin, i - begin, Math.Max(16, i - begin));
                i = Escape(source, i, decoded);
                continue;
            }

            i += Plain(source, i, out var length);
            decoded?.Append(text, i - length, length);
        }
    }

    private static int Plain(SourceText source, int i, out int length)
    {
        var c = source.Text[i];
        if (c is '\n' or '\r')
        {
            throw source.Fault(i, "the line ends inside a string that is not closed", LineBreakAdvice);
        }

        if (c < ' ')
        {
            var written = c == '\t' ? "\\t" : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            var name = c == '\t' ? "a tab" : string.Create(CultureInfo.InvariantCulture, $"the control character U+{(int)c:X4}");
            throw source.Fault(i, $"{name} inside a string", $"Write {written} instead.");
        }

        length = 1;
        if (char.IsSurrogate(c))
        {
            if (!Rune.TryGetRuneAt(source.Text, i, out _))
            {
                throw source.Fault(i, "half of a character (a lone surrogate) inside a string", "Write the whole character, or delete it.");
            }

            length = 2;
        }

        return length;
    }

    private static int Escape(SourceText source, int i, StringBuilder decoded)
    {
        var text = source.Text;
        if (i + 1 == text.Length || text[i + 1] is '\n' or '\r')
        {
            throw source.Fault(i, "a backslash at the end of a line inside a string", LineBreakAdvice);
        }

        var c = text[i + 1];
        if (c == 'u')
        {
            return Unicode(source, i, decoded);
        }

        decoded.Append(c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => throw BadEscape(source, i),
        });
        return i + 2;
    }

    private static int Unicode(SourceText source, int i, StringBuilder decoded)
    {
        var first = Hex(source, i);
        decoded.Append(first);
        if (!char.IsSurrogate(first))
        {
            return i + 6;
        }

        var text = source.Text;
        if (char.IsHighSurrogate(first) && text.AsSpan(i + 6).StartsWith("\\u") && Hex(source, i + 6) is var second && char.IsLowSurrogate(second))
        {
            decoded.Append(second);
            return i + 12;
        }

        throw source.Fault(
            i,
            $"{text[i..(i + 6)]} is half of a character",
            "Write both halves, a \\ud800-\\udbff followed by a \\udc00-\\udfff, or the character itself.");
    }

    private static char Hex(SourceText source, int i)
    {
        var digits = source.Text.AsSpan(i + 2, Math.Min(4, source.Text.Length - i - 2));
        return digits.Length == 4 && ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? (char)value
            : throw source.Fault(i, "bad escape \\u: four hexadecimal digits must follow", "Write \\u00e9, for example, or the character itself.");
    }

    private static ConfigurationException BadEscape(SourceText source, int i)
    {
        _ = Rune.DecodeFromUtf16(source.Text.AsSpan(i + 1), out var rune, out _);
        var shown = DisplayText.IsVisible(rune) ? rune.ToString() : DisplayText.Character(rune);
        return source.Fault(
            i,
            $"bad escape \\{shown}",
            $"Write {shown} without the backslash, or \\\\{shown} for a backslash and {shown}. The escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX.");
    }
}

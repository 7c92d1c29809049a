using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Configuration;

/// <summary>Makes text of a file fit for messages: nothing in it can steer a terminal, nothing in it is endless.</summary>
internal static class DisplayText
{
    /// <summary>How many characters of a quoted text are shown.</summary>
    public const int QuoteLength = 60;

    /// <summary>The text in quotes as JSON would write it, clipped.</summary>
    public static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (count++ == QuoteLength)
            {
                result.Append('…');
                break;
            }

            _ = rune.Value switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\t' => result.Append("\\t"),
                _ => IsVisible(rune) ? result.Append(rune.ToString()) : result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
            };
        }

        return result.Append('"').ToString();
    }

    /// <summary>The text without quotes, clipped, what cannot be seen replaced.</summary>
    public static string Clean(string text)
    {
        var quoted = Quote(text);
        return quoted[1..^1];
    }

    /// <summary>One character for a message: 'x', or U+00A0 when it cannot be seen.</summary>
    public static string Character(Rune rune) =>
        IsVisible(rune) && !Rune.IsWhiteSpace(rune) ? $"'{rune}'" : string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");

    /// <summary>False for control and format characters: escape sequences, bidirectional overrides, byte order marks.</summary>
    public static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>How many columns a terminal gives a character: 0 for combining marks, 2 for East Asian wide ones and emoji.</summary>
    public static int Width(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        {
            return 0;
        }

        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF) or (>= 0x1F900 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD)
            ? 2
            : 1;
    }
}

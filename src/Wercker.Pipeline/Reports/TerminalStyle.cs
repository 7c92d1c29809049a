using System.Globalization;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Reports;

/// <summary>Follows the colours, bold, italics and underlines of a text that was written for a terminal (ECMA-48, 8.3.117: SGR), and names CSS classes for them.</summary>
/// <remarks>Backgrounds and hidden text are left out: every line must be readable, in the light and in the dark.</remarks>
internal sealed partial class TerminalStyle
{
    private string? _color;
    private bool _bold;
    private bool _dim;
    private bool _italic;
    private bool _underline;

    /// <summary>The parts of a text with the classes of each, empty for none. The text is raw: everything else that is meant for terminals is still in it.</summary>
    public IEnumerable<(string Text, string Classes)> Parts(string text)
    {
        var at = 0;
        foreach (Match style in Style().Matches(text))
        {
            if (style.Index > at)
            {
                yield return (text[at..style.Index], Classes());
            }

            Apply(style.Groups[1].ValueSpan);
            at = style.Index + style.Length;
        }

        if (at < text.Length)
        {
            yield return (text[at..], Classes());
        }
    }

    private string Classes() => string.Join(' ', new[] { _color, _bold ? "tb" : null, _dim ? "td" : null, _italic ? "ti" : null, _underline ? "tu" : null }.OfType<string>().Distinct());

    private void Apply(ReadOnlySpan<char> parameters)
    {
        List<int> codes = [];
        foreach (var part in parameters.SplitAny(";:"))
        {
            // An empty parameter is 0.
            codes.Add(int.TryParse(parameters[part], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0);
        }

        for (var i = 0; i < codes.Count; i++)
        {
            if (codes[i] is 38 or 48)
            {
                i += Extended(codes, i);
            }
            else
            {
                Apply(codes[i]);
            }
        }
    }

    private void Apply(int code)
    {
        switch (code)
        {
            case 0:
                (_color, _bold, _dim, _italic, _underline) = (null, false, false, false, false);
                break;
            case 1:
                _bold = true;
                break;
            case 2:
                _dim = true;
                break;
            case 3:
                _italic = true;
                break;
            case 4:
                _underline = true;
                break;
            case 22:
                (_bold, _dim) = (false, false);
                break;
            case 23:
                _italic = false;
                break;
            case 24:
                _underline = false;
                break;
            case 39:
                _color = null;
                break;
            case >= 30 and <= 37:
                _color = Basic(code - 30);
                break;
            case >= 90 and <= 97:
                _color = code == 90 ? "td" : Basic(code - 90);
                break;
        }
    }

    /// <summary>38;5;N and 38;2;R;G;B; the number of parameters that belong to it.</summary>
    private int Extended(List<int> codes, int at)
    {
        var isLetter = codes[at] == 38;
        switch (at + 1 < codes.Count ? codes[at + 1] : 0)
        {
            case 5 when at + 2 < codes.Count:
                _color = isLetter ? Indexed(codes[at + 2]) : _color;
                return 2;
            case 2 when at + 4 < codes.Count:
                _color = isLetter ? Nearest(codes[at + 2], codes[at + 3], codes[at + 4]) : _color;
                return 4;
            default:
                return codes.Count - at;
        }
    }

    private static string? Indexed(int index) => index switch
    {
        < 8 => Basic(index),
        8 => "td",
        < 16 => Basic(index - 8),
        < 232 => Nearest((index - 16) / 36 * 51, (index - 16) / 6 % 6 * 51, (index - 16) % 6 * 51),
        _ => null,
    };

    /// <summary>The colour of the eight that has the same strong parts.</summary>
    private static string? Nearest(int red, int green, int blue)
    {
        var most = Math.Max(red, Math.Max(green, blue));
        var least = Math.Min(red, Math.Min(green, blue));
        var middle = (most + least) / 2;
        return most - least < 48 ? null : Basic((red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0));
    }

    // Black and white are the page's own ink: which of them can be read depends on the reader's system.
    private static string? Basic(int index) => index is > 0 and < 7 ? $"t{index}" : null;

    [GeneratedRegex("(?:\u001b\\[|\u009b)([0-9;:]*)m", RegexOptions.CultureInvariant)]
    private static partial Regex Style();
}

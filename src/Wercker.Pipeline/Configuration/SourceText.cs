using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Configuration;

/// <summary>The text of a configuration file, and the art of pointing into it.</summary>
internal sealed class SourceText
{
    private const int ShownBefore = 70;
    private const int ShownAfter = 50;
    private readonly List<int> _lineStarts = [0];

    // Places are mostly asked for in order: counting goes on from the last one, or a file of one long line would be counted again and again.
    private (int Offset, int Column) _located = (0, 1);

    public SourceText(string file, string text)
    {
        File = file;
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string File { get; }

    public string Text { get; }

    /// <summary>The line of an offset, from 1.</summary>
    public int LineOf(int offset)
    {
        var index = _lineStarts.BinarySearch(offset);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>Line and column of an offset, both from 1. The column counts Unicode code points, as people count characters.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        var line = LineOf(offset);
        var (from, column) = (_lineStarts[line - 1], 1);
        if (_located.Offset >= from && _located.Offset <= offset)
        {
            (from, column) = _located;
        }

        foreach (var _ in Text.AsSpan(from..offset).EnumerateRunes())
        {
            column++;
        }

        _located = (offset, column);
        return (line, column);
    }

    /// <summary>Makes the exception for a fault: place and reason, the line, a caret under the place, and what to do.</summary>
    public ConfigurationException Fault(int offset, string reason, string advice, string? keyPath = null, bool showLine = true)
    {
        var (line, column) = Locate(offset);
        var prefix = keyPath is null ? string.Empty : $"{keyPath}: ";
        var excerpt = showLine ? Excerpt(offset) + "\n" : string.Empty;
        return new ConfigurationException($"{File}:{line}:{column}: error: {prefix}{reason}\n{excerpt}{advice}")
        {
            File = File,
            Line = line,
            Column = column,
            KeyPath = keyPath,
        };
    }

    /// <summary>The line of an offset and a caret under it. Tabs stay tabs in both, so the caret is right for any tab width.</summary>
    private string Excerpt(int offset)
    {
        var line = LineOf(offset);
        var lineStart = _lineStarts[line - 1];
        var length = Text.AsSpan(lineStart).IndexOfAny('\r', '\n');
        var lineEnd = length < 0 ? Text.Length : lineStart + length;
        offset = Math.Min(offset, lineEnd);
        var from = AvoidHalf(Math.Max(lineStart, offset - ShownBefore));
        var to = AvoidHalf(Math.Min(lineEnd, offset + ShownAfter));
        var number = line.ToString(CultureInfo.InvariantCulture);
        var shown = new StringBuilder($"  {number} | ");
        var caret = new StringBuilder($"  {new string(' ', number.Length)} | ");
        if (from > lineStart)
        {
            shown.Append('…');
            caret.Append(' ');
        }

        var position = from;
        foreach (var rune in Text.AsSpan(from..to).EnumerateRunes())
        {
            var isTab = rune.Value == '\t';
            var visible = isTab || DisplayText.IsVisible(rune);
            shown.Append(visible ? rune.ToString() : "\uFFFD");
            if (position < offset)
            {
                _ = isTab ? caret.Append('\t') : caret.Append(' ', visible ? DisplayText.Width(rune) : 1);
            }

            position += rune.Utf16SequenceLength;
        }

        shown.Append(to < lineEnd ? "…" : string.Empty);
        return $"{shown.ToString().TrimEnd()}\n{caret}^";
    }

    private int AvoidHalf(int offset) =>
        offset > 0 && offset < Text.Length && char.IsLowSurrogate(Text[offset]) && char.IsHighSurrogate(Text[offset - 1]) ? offset - 1 : offset;
}

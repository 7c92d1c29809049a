using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>An HTML page under construction, which knows how much room is left.</summary>
internal sealed class HtmlPage
{
    /// <summary>The longest reference for one character of a text: <c>&amp;#xFFFF;</c>.</summary>
    private const int WorstCase = 8;
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private int _limit = int.MaxValue;

    /// <summary>True when the section's room is used up.</summary>
    public bool IsFull => _bytes.WrittenCount > _limit - 2_000;

    /// <summary>How many bytes of the section's room are left.</summary>
    public int Room => Math.Max(0, _limit - _bytes.WrittenCount);

    /// <summary>The page so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Gives the next section its room, whatever the earlier ones left.</summary>
    public HtmlPage Section(int bytes)
    {
        _limit = _bytes.WrittenCount + bytes;
        return this;
    }

    /// <summary>Adds markup of our own.</summary>
    public HtmlPage Markup(string html)
    {
        Encoding.UTF8.GetBytes(html, _bytes);
        return this;
    }

    /// <summary>Adds a text of anybody: cleaned of what is meant for terminals, encoded, cut to some characters and to the room that is left.</summary>
    public HtmlPage Text(string? text, int length = 300)
    {
        if (!string.IsNullOrEmpty(text))
        {
            var room = Math.Min(length, Math.Max(40, (_limit - _bytes.WrittenCount) / WorstCase));

            // The encoder turns every & of the text into a reference, so these two can only be line feeds and tabs.
            var encoded = Encoder.Encode(ReportWording.Cut(TerminalText.Clean(text), room))
                .Replace("&#xA;", "\n", StringComparison.Ordinal).Replace("&#x9;", "\t", StringComparison.Ordinal);
            Encoding.UTF8.GetBytes(encoded, _bytes);
        }

        return this;
    }
}

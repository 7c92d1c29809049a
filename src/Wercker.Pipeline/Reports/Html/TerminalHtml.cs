namespace Wercker.Pipeline.Reports.Html;

/// <summary>Shows what a program wrote for a terminal, with its colours.</summary>
internal sealed class TerminalHtml(HtmlPage page)
{
    private const int MostSpans = 2_000;
    private readonly TerminalStyle _style = new();
    private int _spans;

    /// <summary>Adds the text, cut to some characters as <see cref="ReportWording.Cut"/> does.</summary>
    public void Write(string text, int length)
    {
        var most = Math.Min(MostSpans, page.Room / 400);
        foreach (var (part, classes) in _style.Parts(ReportWording.Cut(text, length)))
        {
            WritePart(part, classes, most);
        }
    }

    private void WritePart(string text, string classes, int most)
    {
        if (TerminalText.Clean(text).Length == 0)
        {
            return;
        }

        if (classes.Length == 0 || _spans >= most)
        {
            page.Text(text, text.Length);
            return;
        }

        _spans++;
        page.Markup($"<span class=\"{classes}\">").Text(text, text.Length).Markup("</span>");
    }
}

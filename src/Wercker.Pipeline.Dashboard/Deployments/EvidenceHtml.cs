using System.Text;
using Wercker.Pipeline.Reports.Html;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Markup of evidence and of output, as report.html has it: charts, tables of signatures, transcripts, colours. Encoded, without scripts and inline styles.</summary>
internal static class EvidenceHtml
{
    private const int Most = 200_000;

    /// <summary>One piece of evidence; its title is not in it.</summary>
    public static string Of(Evidence evidence)
    {
        var page = new HtmlPage().Section(Most);
        new HtmlEvidence(page).Write(evidence);
        return Encoding.UTF8.GetString(page.Bytes);
    }

    /// <summary>What a program wrote for a terminal.</summary>
    public static string OfOutput(string text)
    {
        var page = new HtmlPage().Section(Most);
        new HtmlEvidence(page).WriteOutput(text);
        return Encoding.UTF8.GetString(page.Bytes);
    }
}

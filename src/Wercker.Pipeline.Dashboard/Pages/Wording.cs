using System.Globalization;
using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Reports.Html;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The words and times of the pages. They are those of report.html where it has them.</summary>
internal static class Wording
{
    private const int MostOfALine = 300;

    /// <summary>A text of somebody else's, without what a terminal or a reader's eye could be led astray by. The renderer encodes it.</summary>
    public static string Clean(string? text) => TerminalText.Clean(text ?? string.Empty);

    /// <summary>The same on one line, cut where it becomes a wall.</summary>
    public static string Line(string? text)
    {
        var line = Clean(text).ReplaceLineEndings(" ").Trim();
        return line.Length <= MostOfALine ? line : string.Concat(line.AsSpan(0, MostOfALine), "…");
    }

    public static string ClassOf(StepStatus status) => HtmlReportStyle.ClassOf(status);

    public static string ClassOf(DeployStatus status) => HtmlReportStyle.ClassOf(status);

    public static string SignOf(StepStatus status) => status == StepStatus.NotRun ? "·" : ReportWording.Sign(status);

    public static string SignOf(DeployStatus status) => ReportWording.Sign(status);

    public static string WordOf(StepStatus status) => ReportWording.Verdict(status);

    public static string WordOf(DeployStatus status) => ReportWording.Verdict(status);

    public static string WordOf(DecisionChoice choice) => choice switch
    {
        DecisionChoice.Retry => "Retry",
        DecisionChoice.Ignore => "Ignore",
        DecisionChoice.Fail => "Fail, leave the target",
        DecisionChoice.RollBack => "Roll back",
        DecisionChoice.Approve => "Approve",
        _ => "Reject",
    };

    public static string WordOf(RestoreStatus restore) => restore switch
    {
        RestoreStatus.NotNeeded => "nothing to put back",
        RestoreStatus.Restored => "put back",
        RestoreStatus.NotPossible => "cannot be put back",
        RestoreStatus.Left => "left as it is",
        RestoreStatus.Failed => "in between: a person is needed",
        _ => "put back, not proven",
    };

    public static string Took(TimeSpan? duration) => ReportWording.Duration(duration);

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string TimeOf(DateTimeOffset time) => ReportWording.Time(time);

    public static string Count(long number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many ?? one + "s")}");

    /// <summary>How long ago, in one word and a unit.</summary>
    public static string Ago(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min ago",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h ago",
        _ => $"{(int)time.TotalDays} days ago",
    };

    /// <summary>A revision as people say it: the beginning of a hash, everything else whole.</summary>
    public static string Short(string? revision)
    {
        var text = Line(revision);
        return text.Length == 40 && text.All(char.IsAsciiHexDigit) ? text[..10] : text;
    }

    /// <summary>Evidence as report.html shows it: markup of our own around encoded text.</summary>
    public static MarkupString Show(Evidence evidence) => Reachable(EvidenceHtml.Of(evidence));

    /// <summary>What a program wrote, with its colours.</summary>
    public static MarkupString ShowOutput(string text) => Reachable(EvidenceHtml.OfOutput(text));

    /// <summary>What scrolls must have the focus, or those without a mouse see only its beginning. No text holds the tag: it would be encoded.</summary>
    private static MarkupString Reachable(string markup) => new(markup.Replace("<pre>", "<pre tabindex=\"0\" role=\"group\" aria-label=\"Output\">", StringComparison.Ordinal));
}

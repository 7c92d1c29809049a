using System.Globalization;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>Writes a report as one HTML file: first what somebody needs to know, then what it rests on.</summary>
internal sealed class HtmlReport(DeployReport report)
{
    private const int MaxMessage = 2_000;

    // Rooms of the sections in bytes; with the style they stay well under a million, whatever the report holds.
    private const int HeadRoom = 100_000;
    private const int TimelineRoom = 200_000;
    private const int EvidenceRoom = 350_000;
    private const int EnvironmentRoom = 100_000;
    private const int UndoRoom = 120_000;
    private const int WarningsRoom = 50_000;
    private const int DecisionsRoom = 40_000;
    private readonly HtmlPage _page = new();

    public void WriteTo(Stream output)
    {
        WriteHead();
        _page.Markup("<main>\n");
        WriteCards();
        WriteTimeline();
        WriteDecisions();
        WriteEvidence();
        WriteEnvironment();
        WriteUndo();
        WriteWarnings();
        _page.Markup("</main>\n<footer><p>Everything that was cut here is in report.json; the output of the commands is in the deployment's log.</p></footer>\n</body>\n</html>\n");
        output.Write(_page.Bytes);
    }

    private void WriteHead()
    {
        var verdict = ReportWording.Verdict(report.Status);
        _page.Section(HeadRoom)
            .Markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Markup($"<meta http-equiv=\"Content-Security-Policy\" content=\"{HtmlReportStyle.Policy}\">\n")
            .Markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Markup("<meta name=\"referrer\" content=\"no-referrer\">\n<title>").Markup(verdict).Markup(": ").Text(ReportWording.What(report))
            .Markup($"</title>\n<style>{HtmlReportStyle.Css}</style>\n</head>\n<body>\n")
            .Markup($"<header>\n<p class=\"badge {HtmlReportStyle.ClassOf(report.Status)}\"><span aria-hidden=\"true\">{ReportWording.Sign(report.Status)} </span>{verdict}</p>\n<h1>")
            .Text(report.Summary, MaxMessage).Markup("</h1>\n<dl class=\"facts\">\n");
        WriteFact("App", report.App);
        WriteFact("Revision", report.Revision);
        WriteFact("Target", report.Target);
        WriteFact("Pipeline", report.Pipeline);
        WriteFact("Asked for by", report.RequestedBy);
        _page.Markup("<div><dt>Started</dt><dd>").Markup(Time(report.StartedAt)).Markup("</dd></div>\n");
        WriteFact("Took", report.FinishedAt is { } end ? ReportWording.Duration(end - report.StartedAt) : null);
        WriteFact("Deployment", report.Id);
        _page.Markup("</dl>\n</header>\n");
    }

    private void WriteFact(string name, string? value)
    {
        if (value is not null)
        {
            _page.Markup($"<div><dt>{name}</dt><dd>").Text(value).Markup("</dd></div>\n");
        }
    }

    private void WriteCards()
    {
        _page.Markup("<div class=\"cards\">\n");
        if (report.RootCause is { } cause)
        {
            _page.Markup("<section aria-labelledby=\"cause\"><h2 id=\"cause\">Root cause</h2>\n<p><strong>").Text(cause.Name).Markup("</strong> ");
            WriteVerdict(cause.Status);
            _page.Markup("</p>\n<p>").Text(ReportWording.Cause(report), MaxMessage).Markup("</p>\n");
            if (cause.Evidence.FirstOrDefault(one => one.Text is not null) is { } said)
            {
                // Charts and tables need room, and the sentence says what is in them.
                _page.Markup("<p>").Text(said.Title).Markup("</p>\n<pre>").Text(LastLines(ReportWording.Text(said))).Markup("</pre>\n");
            }

            if (cause.Evidence.Count > 0)
            {
                _page.Markup($"<p><a href=\"#step-{report.Steps.ToList().IndexOf(cause) + 1}\">All evidence<span aria-hidden=\"true\"> ↓</span></a></p>\n");
            }

            _page.Markup("</section>\n");
        }

        var alarm = report.Restore is RestoreStatus.Failed or RestoreStatus.Unproven ? " class=\"alarm\"" : string.Empty;
        _page.Markup($"<section{alarm} aria-labelledby=\"state\"><h2 id=\"state\">State of the target</h2>\n<p>").Text(ReportWording.TargetState(report), MaxMessage)
            .Markup("</p></section>\n<section aria-labelledby=\"next\"><h2 id=\"next\">What to do next</h2>\n<ul>\n");
        foreach (var next in ReportWording.NextSteps(report))
        {
            _page.Markup("<li>").Text(next, MaxMessage).Markup("</li>\n");
        }

        _page.Markup("</ul></section>\n</div>\n");
    }

    private void WriteTimeline()
    {
        _page.Section(TimelineRoom).Markup("<section aria-labelledby=\"timeline\"><h2 id=\"timeline\">Steps</h2>\n");
        WriteTable(report.Steps, "Steps of the deployment", "step");
        _page.Markup("</section>\n");
    }

    private void WriteDecisions()
    {
        if (report.Decisions.Count == 0)
        {
            return;
        }

        _page.Section(DecisionsRoom).Markup("<section aria-labelledby=\"decisions\"><h2 id=\"decisions\">Decisions</h2>\n<table>\n")
            .Markup("<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Question</th><th scope=\"col\">Decision</th></tr></thead>\n<tbody>\n");
        foreach (var one in report.Decisions)
        {
            if (_page.IsFull)
            {
                _page.Markup("<tr><td colspan=\"3\">There are more in report.json.</td></tr>\n");
                break;
            }

            _page.Markup("<tr><th scope=\"row\">").Text(one.Step).Markup("</th><td>").Text(one.Question, MaxMessage).Markup("</td><td>").Text(ReportWording.Decision(one), MaxMessage).Markup("</td></tr>\n");
        }

        _page.Markup("</tbody></table></section>\n");
    }

    private void WriteTable(IReadOnlyList<StepReport> steps, string caption, string anchor)
    {
        var timeline = new HtmlTimeline(report.StartedAt, [.. report.Steps, .. report.Reverts]);
        _page.Markup($"<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Verdict</th>")
            .Markup("<th scope=\"col\">Took</th><th scope=\"col\">When</th><th scope=\"col\">What it said</th></tr></thead>\n<tbody>\n");
        for (var i = 0; i < steps.Count; i++)
        {
            if (_page.IsFull)
            {
                _page.Markup($"<tr><td colspan=\"5\">{steps.Count - i} more are in report.json.</td></tr>\n");
                break;
            }

            var step = steps[i];
            _page.Markup("<tr><th scope=\"row\">").Text(step.Name).Markup("</th><td>");
            WriteVerdict(step.Status);
            _page.Markup($"</td><td class=\"number\">{ReportWording.Duration(step.Duration)}</td><td>{timeline.Bar(step)}</td><td class=\"message\">").Text(step.Message, MaxMessage);
            if (anchor.Length > 0 && HasDetails(step))
            {
                _page.Markup($" <a href=\"#{anchor}-{i + 1}\">Evidence<span aria-hidden=\"true\"> ↓</span></a>");
            }

            _page.Markup("</td></tr>\n");
        }

        _page.Markup("</tbody></table></div>\n");
    }

    private void WriteVerdict(StepStatus status) =>
        _page.Markup($"<span class=\"verdict {HtmlReportStyle.ClassOf(status)}\"><span aria-hidden=\"true\">{ReportWording.Sign(status)} </span>{ReportWording.Verdict(status)}</span>");

    private void WriteEvidence()
    {
        if (report.Steps.Any(HasDetails))
        {
            _page.Section(EvidenceRoom).Markup("<section aria-labelledby=\"evidence\"><h2 id=\"evidence\">Evidence</h2>\n");
            WriteDetails(report.Steps, "step");
            _page.Markup("</section>\n");
        }
    }

    private void WriteDetails(IReadOnlyList<StepReport> steps, string anchor)
    {
        var evidenceOf = new HtmlEvidence(_page);
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (!HasDetails(step))
            {
                continue;
            }

            if (_page.IsFull)
            {
                _page.Markup("<p>There is more evidence in report.json.</p>\n");
                return;
            }

            _page.Markup($"<h3 id=\"{anchor}-{i + 1}\">").Text(step.Name).Markup(" ");
            WriteVerdict(step.Status);
            _page.Markup("</h3>\n");
            var open = step.Decided ? " open" : string.Empty;
            if (step.Error is not null)
            {
                _page.Markup($"<details{open}><summary>Error</summary>");
                evidenceOf.WriteOutput(step.Error);
                _page.Markup("</details>\n");
            }

            foreach (var evidence in step.Evidence)
            {
                if (_page.IsFull)
                {
                    _page.Markup("<p>There is more evidence in report.json.</p>\n");
                    return;
                }

                _page.Markup($"<details{open}><summary>").Text(evidence.Title).Markup("</summary>\n");
                evidenceOf.Write(evidence);
                _page.Markup("</details>\n");
            }
        }
    }

    private void WriteEnvironment()
    {
        if (report.Environment.Count == 0)
        {
            return;
        }

        _page.Section(EnvironmentRoom).Markup("<section aria-labelledby=\"environment\"><h2 id=\"environment\">Environment</h2>\n<details><summary>")
            .Markup($"{report.Environment.Count} variables</summary>\n<table>\n<thead><tr><th scope=\"col\">Variable</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
        foreach (var (name, value) in report.Environment)
        {
            if (_page.IsFull)
            {
                _page.Markup("<tr><td colspan=\"2\">There are more in report.json.</td></tr>\n");
                break;
            }

            _page.Markup("<tr><th scope=\"row\">").Text(name).Markup("</th><td>").Text(value, MaxMessage).Markup("</td></tr>\n");
        }

        _page.Markup("</tbody></table></details></section>\n");
    }

    private void WriteUndo()
    {
        if (report.Reverts.Count == 0)
        {
            return;
        }

        _page.Section(UndoRoom / 2).Markup("<section aria-labelledby=\"undo\"><h2 id=\"undo\">Undo</h2>\n");
        WriteTable(report.Reverts, "What was undone, in this order", "undo");
        _page.Section(UndoRoom / 2);
        WriteDetails(report.Reverts, "undo");
        _page.Markup("</section>\n");
    }

    private void WriteWarnings()
    {
        if (report.Warnings.Count == 0)
        {
            return;
        }

        _page.Section(WarningsRoom).Markup("<section aria-labelledby=\"warnings\"><h2 id=\"warnings\">Warnings</h2>\n<ul>\n");
        foreach (var warning in report.Warnings)
        {
            if (_page.IsFull)
            {
                _page.Markup("<li>There are more in report.json.</li>\n");
                break;
            }

            _page.Markup("<li>").Text(warning, MaxMessage).Markup("</li>\n");
        }

        _page.Markup("</ul></section>\n");
    }

    private static bool HasDetails(StepReport step) => step.Error is not null || step.Evidence.Count > 0;

    private static string Time(DateTimeOffset time) =>
        $"<time datetime=\"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\">{ReportWording.Time(time)}</time>";

    private static string LastLines(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        return ReportWording.Cut(string.Join('\n', lines.TakeLast(8)), 1_000);
    }
}

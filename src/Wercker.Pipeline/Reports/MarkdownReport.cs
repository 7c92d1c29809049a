using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Reports;

/// <summary>Writes a report as Markdown for the step summaries of CI systems.</summary>
/// <remarks>
/// Texts are hostile: what means something to Markdown or HTML becomes a character reference, which is never read as structure;
/// longer texts stand in a fence that is longer than any run of backticks in them.
/// </remarks>
internal sealed class MarkdownReport(DeployReport report)
{
    /// <summary>A summary of more than 1 MiB is refused whole by GitHub; this leaves room for what else the job writes.</summary>
    private const int MaxBytes = 900_000;
    private const int MaxInline = 500;
    private const int MaxEvidence = 20_000;
    private readonly StringBuilder _text = new();
    private int _bytes;

    public void WriteTo(Stream output)
    {
        WriteVerdict();
        WriteSteps("Steps", report.Steps);
        WriteSteps("Undo", report.Reverts);
        WriteDecisions();
        WriteWarnings();
        WriteDetails(report.Steps, string.Empty);
        WriteDetails(report.Reverts, "undo of ");
        WriteEnvironment();
        output.Write(Encoding.UTF8.GetBytes(_text.ToString()));
    }

    private void WriteVerdict()
    {
        Add($"# {Mark(report.Status)} {ReportWording.Verdict(report.Status)}: {Inline(ReportWording.What(report))}\n\n{Inline(report.Summary, 4 * MaxInline)}\n\n");
        if (report.RootCause is { } cause)
        {
            Add($"**Root cause:** {Inline(cause.Name)}: {Inline(ReportWording.Cause(report)!, 4 * MaxInline)}\n\n");
        }

        Add($"**Target:** {Inline(ReportWording.TargetState(report))}\n\n**What to do:** {Inline(string.Join(' ', ReportWording.NextSteps(report)))}\n\n");
        Add($"Deployment {Inline(report.Id)} by pipeline {Inline(report.Pipeline)}"
            + (report.RequestedBy is null ? string.Empty : $", asked for by {Inline(report.RequestedBy)}")
            + $", started {ReportWording.Time(report.StartedAt)}"
            + (report.FinishedAt is { } end ? $", took {ReportWording.Duration(end - report.StartedAt)}" : string.Empty) + ".\n\n");
    }

    private void WriteSteps(string title, IReadOnlyList<StepReport> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        Add($"## {title}\n\n| | Step | Verdict | Took | |\n|---|---|---|--:|---|\n");
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            var row = $"| {Mark(step.Status)} | {Inline(step.Name)} | {ReportWording.Verdict(step.Status)} | {ReportWording.Duration(step.Duration)} | {Inline(step.Message ?? string.Empty)} |\n";
            if (!TryAdd(row, MaxBytes / 3))
            {
                Add($"\n{steps.Count - i} more in report.json.\n");
                break;
            }
        }

        Add("\n");
    }

    private void WriteDecisions()
    {
        if (report.Decisions.Count == 0)
        {
            return;
        }

        Add("## Decisions\n\n| Step | Question | Decision |\n|---|---|---|\n");
        foreach (var one in report.Decisions)
        {
            if (!TryAdd($"| {Inline(one.Step)} | {Inline(one.Question)} | {Inline(ReportWording.Decision(one))} |\n", MaxBytes / 2))
            {
                Add("\nThere are more in report.json.\n");
                break;
            }
        }

        Add("\n");
    }

    private void WriteWarnings()
    {
        if (report.Warnings.Count == 0)
        {
            return;
        }

        Add("## Warnings\n\n");
        foreach (var warning in report.Warnings)
        {
            if (!TryAdd($"- {Inline(warning)}\n", MaxBytes / 2))
            {
                Add("- There are more in report.json.\n");
                break;
            }
        }

        Add("\n");
    }

    private void WriteDetails(IReadOnlyList<StepReport> steps, string prefix)
    {
        foreach (var step in steps)
        {
            if (step.Error is not null && !TryAddBlock($"{prefix}{step.Name}: error", TerminalText.Clean(step.Error)))
            {
                return;
            }

            // A summary page is for what went wrong: commands that succeeded are in the other reports.
            foreach (var evidence in step.Evidence.Where(one => one.Kind != "command" || step.Status is not (StepStatus.Succeeded or StepStatus.Skipped)))
            {
                if (!TryAddBlock($"{prefix}{step.Name}: {evidence.Title}", ReportWording.Text(evidence)))
                {
                    return;
                }
            }
        }
    }

    private bool TryAddBlock(string title, string text)
    {
        text = ReportWording.Cut(text, MaxEvidence);
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        if (TryAdd($"<details><summary>{Inline(title)}</summary>\n\n{fence}text\n{text}\n{fence}\n\n</details>\n\n", MaxBytes - 100_000))
        {
            return true;
        }

        Add("More evidence is in report.json.\n\n");
        return false;
    }

    private void WriteEnvironment()
    {
        if (report.Environment.Count == 0)
        {
            return;
        }

        Add("<details><summary>Environment</summary>\n\n| Variable | Value |\n|---|---|\n");
        foreach (var (name, value) in report.Environment)
        {
            if (!TryAdd($"| {Inline(name)} | {Inline(value)} |\n", MaxBytes - 1_000))
            {
                Add("\nThere are more in report.json.\n");
                break;
            }
        }

        Add("\n</details>\n");
    }

    private void Add(string text) => TryAdd(text, int.MaxValue);

    private bool TryAdd(string text, int limit)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (_bytes + bytes > limit)
        {
            return false;
        }

        _bytes += bytes;
        _text.Append(text);
        return true;
    }

    private static string Mark(StepStatus status) => status switch
    {
        StepStatus.Succeeded => "✅",
        StepStatus.Failed or StepStatus.Error => "❌",
        StepStatus.Inconclusive => "❔",
        StepStatus.Canceled => "🛑",
        StepStatus.Running => "⏳",
        _ => "➖",
    };

    private static string Mark(DeployStatus status) => status switch
    {
        DeployStatus.Succeeded => "✅",
        DeployStatus.Failed => "❌",
        DeployStatus.Inconclusive => "❔",
        DeployStatus.Canceled => "🛑",
        _ => "⏳",
    };

    /// <summary>One line of text without meaning to Markdown or HTML.</summary>
    private static string Inline(string text, int length = MaxInline)
    {
        text = ReportWording.Cut(TerminalText.Clean(text), length);
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\n' or '\t' or '\u2028' or '\u2029')
            {
                line.Append(' ');
            }
            else if ("\\`*_[]<>&|~@#$!\"'".Contains(c, StringComparison.Ordinal))
            {
                line.Append(CultureInfo.InvariantCulture, $"&#{(int)c};");
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }

    private static int LongestRun(string text)
    {
        var longest = 0;
        var run = 0;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}

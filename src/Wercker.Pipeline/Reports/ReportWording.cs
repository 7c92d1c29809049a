using System.Globalization;
using System.Text.Json;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Reports;

/// <summary>The words that all forms of a report share.</summary>
internal static class ReportWording
{
    public static string Verdict(DeployStatus status) => status switch
    {
        DeployStatus.Running => "Running",
        DeployStatus.Succeeded => "Succeeded",
        DeployStatus.Failed => "Failed",
        DeployStatus.Inconclusive => "Inconclusive",
        _ => "Canceled",
    };

    public static string Verdict(StepStatus status) => status switch
    {
        StepStatus.NotRun => "Not run",
        StepStatus.Running => "Running",
        StepStatus.Succeeded => "Succeeded",
        StepStatus.Skipped => "Skipped",
        StepStatus.Failed => "Failed",
        StepStatus.Inconclusive => "Inconclusive",
        StepStatus.Error => "Error",
        _ => "Canceled",
    };

    /// <summary>A sign beside the word: colour alone tells nothing to those who do not see it.</summary>
    public static string Sign(StepStatus status) => status switch
    {
        StepStatus.Succeeded => "✓",
        StepStatus.Failed or StepStatus.Error => "✗",
        StepStatus.Inconclusive => "?",
        StepStatus.Canceled => "■",
        StepStatus.Running => "▶",
        _ => "–",
    };

    public static string Sign(DeployStatus status) => status switch
    {
        DeployStatus.Succeeded => "✓",
        DeployStatus.Failed => "✗",
        DeployStatus.Inconclusive => "?",
        DeployStatus.Canceled => "■",
        _ => "▶",
    };

    public static string What(DeployReport report) => $"{report.App} {report.Revision}" + (report.Target is null ? string.Empty : $" to {report.Target}");

    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => "–",
        { TotalSeconds: < 0 } => "0 s",
        { TotalSeconds: < 10 } t => t.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalMinutes: < 1 } t => t.TotalSeconds.ToString("0 s", CultureInfo.InvariantCulture),
        { TotalHours: < 1 } t => $"{t.Minutes} min {t.Seconds:00} s",
        { } t => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(t.TotalHours):0} h {t.Minutes:00} min"),
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>In which state the target is, in a sentence.</summary>
    public static string TargetState(DeployReport report) => report switch
    {
        { Status: DeployStatus.Running } => "The deployment has not ended: the target is being changed.",
        { Status: DeployStatus.Succeeded } => $"{report.Revision} is deployed.",
        { Restore: RestoreStatus.Restored } => "Put back: every started step was undone.",
        { Restore: RestoreStatus.Unproven } => "Put back, not proven: every started step was undone, and the test that looked at the target afterwards could not tell.",
        { Restore: RestoreStatus.NotPossible } => "As the deployment left it: a started step has no way back, or nobody can tell what it did.",
        { Restore: RestoreStatus.Left } when report.Decisions.LastOrDefault(one => one.Decision?.Choice == DecisionChoice.Fail) is { } left =>
            $"As the deployment left it: so {left.Decision!.By} decided.",
        { Restore: RestoreStatus.Left } => "As the deployment left it: the pipeline's policy is to leave it.",
        { Restore: RestoreStatus.Failed } => "IN BETWEEN: an undo failed, or what is live after it did not pass its test, and a person is needed.",
        _ => "As it was before: nothing that needs undoing was started.",
    };

    /// <summary>What somebody who reads the report should do, the most urgent first.</summary>
    public static IEnumerable<string> NextSteps(DeployReport report)
    {
        if (report.Status == DeployStatus.Running)
        {
            yield return "Wait for the end. If the process that ran the deployment is gone, its log says how far it came.";
            yield break;
        }

        if (report.Status == DeployStatus.Succeeded)
        {
            yield return report.Warnings.Count == 0 ? "Nothing." : "Read the warnings; none of them changed the verdict.";
            yield break;
        }

        if (report.Restore == RestoreStatus.Failed)
        {
            var failed = string.Join(", ", report.Reverts.Where(r => r.Status is StepStatus.Failed or StepStatus.Error or StepStatus.Canceled).Select(r => r.Name));
            yield return $"Put the target right by hand now. The undo that failed: {(failed.Length == 0 ? "see the list of what was undone" : failed)}.";
        }
        else if (report.Restore == RestoreStatus.Unproven)
        {
            yield return "Look at the target: it was put back, and its test fails, or sees nothing, there too. A test of what only the new version has asks for WERCKER_ROLLED_BACK first.";
        }
        else if (report.Restore is RestoreStatus.NotPossible or RestoreStatus.Left)
        {
            yield return "Check what runs on the target: it may be the new version, the old one or a part of each.";
        }

        yield return report.RootCause?.Status switch
        {
            StepStatus.Inconclusive => $"Make visible what {report.RootCause.Name} could not see, then deploy again.",
            StepStatus.Error => $"Read the error of {report.RootCause.Name}: it is an accident and no verdict. Then deploy again.",
            { } => $"Read the evidence of {report.RootCause.Name} and its lines in the log, mend the cause, then deploy again.",
            null when report.Status == DeployStatus.Canceled => "Deploy again when you are ready.",
            null => "Read the end of the log, mend the cause, then deploy again.",
        };
    }

    /// <summary>The sentence of the step that decided; null when no step did.</summary>
    public static string? Cause(DeployReport report) => report.RootCause is { } step ? step.Message ?? FirstLine(step.Error) ?? Verdict(step.Status) : null;

    /// <summary>Who decided what, and when: "roll-back by ann: the shop is empty".</summary>
    public static string Decision(DecisionRequest request) => request.Decision is { } decision
        ? $"{DecisionWords.Of(decision)}{(decision.At is { } at ? $" ({Time(at)})" : string.Empty)}"
        : $"not decided; {DecisionWords.OfDeadline(request)}";

    /// <summary>The evidence as text: its own, else its data as JSON.</summary>
    public static string Text(Evidence evidence)
    {
        if (evidence.Data is null)
        {
            return TerminalText.Clean(evidence.Text ?? string.Empty);
        }

        if (evidence.Kind == "command" && evidence.Data["command"] is { } command && evidence.Data["exitCode"] is { } exitCode)
        {
            return TerminalText.Clean($"$ {command}\n{(evidence.Text is null ? string.Empty : evidence.Text + "\n")}exit code {exitCode} after {evidence.Data["seconds"]} s");
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            evidence.Data.WriteTo(writer);
        }

        var data = System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        return TerminalText.Clean(evidence.Text is null ? data : $"{evidence.Text}\n{data}");
    }

    /// <summary>Shortens a text to some characters, and keeps more of its end than of its beginning: there the error is.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var head = length / 4;
        var tail = length - head;
        return $"{text[..head]}\n[... {text.Length - length} characters are left out here; report.json has them ...]\n{text[^tail..]}";
    }

    private static string? FirstLine(string? text)
    {
        var trimmed = text?.Trim() ?? string.Empty;
        var end = trimmed.IndexOf('\n', StringComparison.Ordinal);
        return trimmed.Length == 0 ? null : end < 0 ? trimmed : trimmed[..end].TrimEnd();
    }
}

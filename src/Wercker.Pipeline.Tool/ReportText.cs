using System.Globalization;
using System.Text;
using Wercker.Pipeline.Tool.Progress;

namespace Wercker.Pipeline.Tool;

/// <summary>A report for people, as text.</summary>
internal static class ReportText
{
    /// <summary>The end of a deployment: the verdict, what was behind it, what else should be looked at.</summary>
    public static string Summary(DeployReport report)
    {
        var text = new StringBuilder(ConsoleText.CleanLine(report.Summary)).Append('\n');
        if (report.RootCause is { } cause)
        {
            text.Append(CultureInfo.InvariantCulture, $"Root cause: {ConsoleText.CleanLine($"{cause.Name} {StepWords.Of(cause.Status)}: {cause.Message}")}\n");
            AppendEvidence(text, cause);
        }

        foreach (var decision in report.Decisions)
        {
            text.Append(CultureInfo.InvariantCulture, $"Decision: {ConsoleText.CleanLine($"{decision.Step}: {DecisionText.Of(decision)}")}\n");
        }

        foreach (var revert in report.Reverts.Where(revert => StepWords.IsBad(revert.Status)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Undo(revert)}{ConsoleText.CleanLine($"{revert.Name} {StepWords.Of(revert.Status)}: {revert.Message}")}\n");
            AppendEvidence(text, revert);
        }

        foreach (var warning in report.Warnings)
        {
            text.Append(CultureInfo.InvariantCulture, $"Warning: {ConsoleText.CleanLine(warning)}\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The summary, and every step and undo.</summary>
    public static string Full(DeployReport report)
    {
        var text = new StringBuilder(Summary(report)).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Run {report.Id}, started {Time(report.StartedAt)}");
        text.Append(report.FinishedAt is { } end ? $", took {StepWords.Of(end - report.StartedAt)}" : ", has not ended");
        text.Append(report.RequestedBy is { } by ? $", asked for by {ConsoleText.CleanLine(by)}.\n" : ".\n");
        AppendSteps(text, report.Steps, string.Empty);
        AppendSteps(text, [.. report.Reverts.Select(revert => revert with { Name = Undo(revert).ToLowerInvariant() + revert.Name })], string.Empty);
        return text.ToString().TrimEnd('\n');
    }

    public static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Among what was undone stand the tests of what was live then, which undo nothing.</summary>
    private static string Undo(StepReport revert) => revert.Name.EndsWith("(rolled back)", StringComparison.Ordinal) ? string.Empty : "Undo of ";

    private static void AppendSteps(StringBuilder text, IReadOnlyList<StepReport> steps, string prefix)
    {
        foreach (var step in steps)
        {
            var time = step.Duration is { } duration && step.Status != StepStatus.Skipped ? StepWords.Of(duration) : string.Empty;
            text.Append(ConsoleText.CleanLine(
                string.Create(CultureInfo.InvariantCulture, $"  {prefix + step.Name,-24} {StepWords.Of(step.Status),-12} {time,10}  {step.Message}")).TrimEnd()).Append('\n');
        }
    }

    private static void AppendEvidence(StringBuilder text, StepReport step)
    {
        // What decided comes first: the words of the failed command.
        if (step.Evidence.FirstOrDefault(evidence => evidence.Text is { Length: > 0 })?.Text is not { } words)
        {
            return;
        }

        foreach (var line in ConsoleText.Clean(words).Split('\n').TakeLast(10))
        {
            text.Append("  | ").Append(line).Append('\n');
        }
    }
}

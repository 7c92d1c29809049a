using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Engine;

/// <summary>Says in one sentence what became of a deployment and in which state the target is.</summary>
internal static class DeploySummary
{
    public static string Of(DeployReport report, string? reason)
    {
        var what = $"{report.App} {report.Revision}" + (report.Target is null ? string.Empty : $" to {report.Target}");
        return report.Status switch
        {
            DeployStatus.Running => $"Deploying {what}.",
            DeployStatus.Succeeded => $"Deployed {what}." + (report.Warnings.Count > 0 ? $" {report.Warnings.Count} warning(s)." : string.Empty),
            DeployStatus.Canceled => $"Canceled the deployment of {what}.{Cause(report, reason)}{TargetState(report)}",
            DeployStatus.Inconclusive => $"Could not judge the deployment of {what}.{Cause(report, reason)}{TargetState(report)}",
            _ => $"Failed to deploy {what}.{Cause(report, reason)}{TargetState(report)}",
        };
    }

    private static string Cause(DeployReport report, string? reason) => report.RootCause switch
    {
        { } step => $" {step.Name}: {Sentence(step.Message ?? step.Status.ToString())}",
        null when reason is not null => $" {Sentence(reason)}",
        null => string.Empty,
    };

    private static string TargetState(DeployReport report) => report.Restore switch
    {
        RestoreStatus.Restored => " The target was put back.",
        RestoreStatus.Unproven => " The target was put back, and its test does not prove it: look at it.",
        RestoreStatus.NotPossible => " There was no way to put the target back: it is as the deployment left it.",
        RestoreStatus.Left when report.Decisions.LastOrDefault(one => one.Decision?.Choice == DecisionChoice.Fail) is { } left => $" The target was left as it is, as {left.Decision!.By} decided.",
        RestoreStatus.Left => " The target was left as it is, as the pipeline's policy says.",
        RestoreStatus.Failed => $" THE TARGET COULD NOT BE PUT BACK: {Sentence(report.Reverts.FirstOrDefault(r => !r.Status.IsHarmless())?.Message ?? "see the undo in the report")}",
        _ => string.Empty,
    };

    private static bool IsHarmless(this StepStatus status) => status is StepStatus.Succeeded or StepStatus.Skipped or StepStatus.Inconclusive;

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('!') ? text : text + ".";
}

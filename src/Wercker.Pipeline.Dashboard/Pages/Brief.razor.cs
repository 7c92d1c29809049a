using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Reports;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>The three answers that somebody who opens a failed deployment looks for.</summary>
public sealed partial class Brief
{
    private const int MostText = 600;

    /// <summary>The deployment so far.</summary>
    [Parameter, EditorRequired]
    public DeploymentModel Model { get; set; } = null!;

    private DeployReport Report => Model.Report;

    private bool IsRunning => Report.Status == DeployStatus.Running;

    private IEnumerable<StepReport> Running => Report.Reverts.Concat(Report.Steps).Where(step => step.Status == StepStatus.Running);

    private StepReport? Cause => Report.RootCause;

    private string CauseAnchor => $"step-{Report.Steps.ToList().IndexOf(Cause!) + 1}";

    private string Edge => Wording.ClassOf(Cause!.Status) + "-edge";

    private string TargetEdge => Report switch
    {
        { Status: DeployStatus.Running } => "busy-edge",
        { Status: DeployStatus.Succeeded } or { Restore: RestoreStatus.Restored or RestoreStatus.NotNeeded } => "good-edge",
        { Restore: RestoreStatus.Failed } => "bad-edge",
        _ => "doubt-edge",
    };

    /// <summary>The last lines of what was seen; charts and tables need more room than there is here.</summary>
    private string? Said => Cause?.Evidence.FirstOrDefault(one => one.Text is not null) is { } evidence
        ? string.Join('\n', ReportWording.Text(evidence).TrimEnd().Split('\n').TakeLast(5))
        : null;

    private static string Cut(string? text)
    {
        var clean = Wording.Clean(text);
        return clean.Length <= MostText ? clean : string.Concat(clean.AsSpan(0, MostText), "…");
    }
}

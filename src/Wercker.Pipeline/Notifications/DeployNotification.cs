using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Notifications;

/// <summary>One thing that people are told about a deployment.</summary>
/// <param name="Id">The same when the same thing is told again, for example after a restart; receivers drop what they have seen.</param>
/// <param name="Kind">DeploymentStarted, DecisionRequested or DeploymentFinished.</param>
/// <param name="Report">The deployment so far. Its texts are masked, and hostile: a receiver must not take them for markup.</param>
/// <param name="Question">Of a requested decision: the question.</param>
public sealed record DeployNotification(string Id, DeployEventKind Kind, DeployReport Report, DecisionRequest? Question = null)
{
    /// <summary>What happened, in a sentence.</summary>
    public string Sentence => Kind switch
    {
        DeployEventKind.DeploymentStarted => $"Started to deploy {Reports.ReportWording.What(Report)}.",
        DeployEventKind.DecisionRequested => $"The deployment of {Reports.ReportWording.What(Report)} waits for a decision over {Question?.Step}: {Question?.Question}",
        _ => Report.Summary,
    };
}

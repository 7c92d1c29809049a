using Wercker.Pipeline.Tool.Progress;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Looks at a deployment of the past, as often as somebody wants to know.</summary>
internal sealed class Verification(Project project, ProjectPipeline pipeline, DeploymentOfThePast past, TimeProvider clock)
{
    private const string LogTest = "LogTest";
    private const string MetricsTest = "MetricsTest";

    /// <summary>True when a further look would see nothing more.</summary>
    public bool IsOver => clock.GetUtcNow() >= pipeline.EndOf(past);

    /// <summary>Looks once.</summary>
    /// <returns>The report, which speaks of a verification and not of a deployment.</returns>
    /// <exception cref="ConfigurationException">There is nothing to verify, or a setting is wrong.</exception>
    public async Task<DeployReport> RunAsync(CancellationToken cancellationToken)
    {
        var request = new DeployRequest(project.Request.App, $"deployed at {past.At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")
        {
            Source = project.Request.Source,
            Variables = project.Request.Variables,
            SecretVariables = project.Request.SecretVariables,
            RequestedBy = project.Request.RequestedBy,
        };
        var verify = pipeline.BuildVerification(past, clock.GetUtcNow());
        var plan = verify.Plan(request);
        if (plan.Steps.All(step => step.SkipReason is not null || step.Name is not (LogTest or MetricsTest)))
        {
            throw new ConfigurationException(
                $"There is nothing to verify: target '{project.Target.Name}' has neither a \"log-test\" nor a \"metrics-test\". See docs/wercker-json.md for their settings.");
        }

        ProjectPipeline.EnsureReady(plan, null);
        var report = await verify.DeployAsync(request, cancellationToken);
        return report with { Summary = SummaryOf(report) };
    }

    /// <summary>Waits, but not longer than there is something to see.</summary>
    public Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var left = pipeline.EndOf(past) - clock.GetUtcNow();
        return Task.Delay(left < pause && left > TimeSpan.Zero ? left : pause, clock, cancellationToken);
    }

    /// <summary>"LogTest succeeded: ...; MetricsTest failed: ..."</summary>
    public static string Verdicts(DeployReport report) => string.Join("; ", report.Steps
        .Where(step => step.Name is LogTest or MetricsTest && step.Status is not (StepStatus.Skipped or StepStatus.NotRun))
        .Select(step => $"{step.Name} {StepWords.Of(step.Status)}{(step.Message is { } message ? $": {message}" : string.Empty)}"));

    private static string SummaryOf(DeployReport report)
    {
        var what = $"The verification of {report.App} on {report.Target}, {report.Revision},";
        var cause = report.RootCause is { } root ? $" {root.Name}: {root.Message}" : string.Empty;
        return report.Status switch
        {
            DeployStatus.Succeeded => $"{what} succeeded.",
            DeployStatus.Inconclusive => $"{what} could not be judged.{cause}",
            DeployStatus.Canceled => $"{what} was canceled.",
            _ => $"{what} failed.{cause}",
        };
    }
}

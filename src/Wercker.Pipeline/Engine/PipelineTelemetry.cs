using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Wercker.Pipeline.Engine;

/// <summary>Spans and metrics of deployments, under the name Wercker.Pipeline. Names follow OpenTelemetry's deployment and CI/CD conventions.</summary>
internal static class PipelineTelemetry
{
    public const string SourceName = "Wercker.Pipeline";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Meter Meter = new(SourceName);
    private static readonly Counter<long> Deployments = Meter.CreateCounter<long>("wercker.deployments", "{deployment}", "Finished deployments.");
    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>("wercker.step.duration", "s", "Duration of steps.");

    public static Activity? StartDeployment(PipelineDefinition definition, DeploymentScope scope)
    {
        var activity = Source.StartActivity($"deploy {definition.Name}");
        return activity?
            .SetTag("cicd.pipeline.name", definition.Name)
            .SetTag("cicd.pipeline.run.id", scope.DeploymentId)
            .SetTag("deployment.id", scope.DeploymentId)
            .SetTag("deployment.name", scope.Masker.Mask(scope.Request.App))
            .SetTag("deployment.environment.name", definition.Target?.Name)
            .SetTag("vcs.ref.head.revision", scope.Masker.Mask(scope.Request.Revision));
    }

    public static void EndDeployment(Activity? activity, DeployReport report)
    {
        var status = report.Status == DeployStatus.Succeeded ? "succeeded" : "failed";
        Deployments.Add(1, new TagList { { "cicd.pipeline.name", report.Pipeline }, { "deployment.status", status }, { "cicd.pipeline.result", Result(report.Status) } });
        activity?.SetTag("deployment.status", status)
            .SetTag("cicd.pipeline.result", Result(report.Status))
            .SetStatus(report.Status == DeployStatus.Succeeded ? ActivityStatusCode.Ok : ActivityStatusCode.Error, report.Summary);
    }

    public static Activity? StartStep(string path) => Source.StartActivity(path)?.SetTag("cicd.pipeline.task.name", path);

    public static void EndStep(Activity? activity, string path, StepResult result, TimeSpan duration)
    {
        var status = result.Status.ToString().ToLowerInvariant();
        if (StepDuration.Enabled)
        {
            StepDuration.Record(duration.TotalSeconds, new TagList { { "cicd.pipeline.task.name", path }, { "cicd.pipeline.task.run.result", status } });
        }

        // The message of a step is masked where it is recorded; the span gets only the word of the verdict.
        activity?.SetTag("cicd.pipeline.task.run.result", status).SetStatus(result.IsGood ? ActivityStatusCode.Ok : ActivityStatusCode.Error, status);
    }

    private static string Result(DeployStatus status) => status switch
    {
        DeployStatus.Succeeded => "success",
        DeployStatus.Canceled => "cancellation",
        DeployStatus.Inconclusive => "error",
        _ => "failure",
    };
}

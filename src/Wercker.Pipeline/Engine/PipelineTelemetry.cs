using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Wercker.Pipeline.Engine;

/// <summary>
/// Spans and metrics of deployments, under the name Wercker.Pipeline. Names and values are those of OpenTelemetry's conventions for CI/CD, deployments and version
/// control (https://opentelemetry.io/docs/specs/semconv/cicd/); what they have no name for begins with "wercker.".
/// </summary>
internal static class PipelineTelemetry
{
    public const string SourceName = "Wercker.Pipeline";

    private const string PipelineName = "cicd.pipeline.name";
    private const string PipelineResult = "cicd.pipeline.result";
    private const string PipelineState = "cicd.pipeline.run.state";
    private const string TaskName = "cicd.pipeline.task.name";
    private const string TaskResult = "cicd.pipeline.task.run.result";
    private const string ErrorType = "error.type";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Meter Meter = new(SourceName);
    private static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>("cicd.pipeline.run.duration", "s", "Duration of deployments.");
    private static readonly UpDownCounter<long> ActiveRuns = Meter.CreateUpDownCounter<long>("cicd.pipeline.run.active", "{run}", "Deployments that run in this process.");
    private static readonly Counter<long> Errors = Meter.CreateCounter<long>("cicd.pipeline.run.errors", "{error}", "Steps that did not succeed.");
    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>("wercker.step.duration", "s", "Duration of steps.");

    public static MeasuredDeployment StartDeployment(PipelineDefinition definition, DeploymentScope scope)
    {
        ActiveRuns.Add(1, new TagList { { PipelineName, definition.Name }, { PipelineState, "executing" } });
        var activity = Source.StartActivity($"RUN {definition.Name}", ActivityKind.Server)?
            .SetTag("cicd.pipeline.action.name", "RUN")
            .SetTag(PipelineName, definition.Name)
            .SetTag("cicd.pipeline.run.id", scope.DeploymentId)
            .SetTag("deployment.id", scope.DeploymentId)
            .SetTag("deployment.name", scope.Masker.Mask(scope.Request.App))
            .SetTag("deployment.environment.name", definition.Target?.Name)
            .SetTag("vcs.ref.head.revision", scope.Masker.Mask(scope.Request.Revision));
        return new MeasuredDeployment(activity, definition.Name);
    }

    /// <summary>Counts a deployment as ended.</summary>
    /// <param name="activity">Its span; null when nobody listens.</param>
    /// <param name="pipeline">The name of its pipeline.</param>
    /// <param name="report">Its report; null when it was broken off, because its journal or its target was lost.</param>
    public static void EndDeployment(Activity? activity, string pipeline, DeployReport? report)
    {
        ActiveRuns.Add(-1, new TagList { { PipelineName, pipeline }, { PipelineState, "executing" } });
        var result = report is null ? "error" : Result(report.Status);
        var tags = new TagList { { PipelineName, pipeline }, { PipelineState, "executing" }, { PipelineResult, result } };
        if (report?.RootCause is { } cause)
        {
            tags.Add(ErrorType, Word(cause.Status));
            activity?.SetTag(ErrorType, Word(cause.Status));
        }

        if (report is { FinishedAt: { } end })
        {
            RunDuration.Record((end - report.StartedAt).TotalSeconds, tags);
        }

        activity?.SetTag(PipelineResult, result)
            .SetTag("deployment.status", result == "success" ? "succeeded" : "failed")
            .SetStatus(result == "success" ? ActivityStatusCode.Ok : ActivityStatusCode.Error, report?.Summary ?? "broken off");
    }

    public static Activity? StartStep(string path) => Source.StartActivity(path)?.SetTag(TaskName, path);

    public static void EndStep(Activity? activity, string pipeline, string path, StepResult result, TimeSpan duration)
    {
        var ended = Result(result.Status);
        if (StepDuration.Enabled)
        {
            StepDuration.Record(duration.TotalSeconds, new TagList { { PipelineName, pipeline }, { TaskName, path }, { TaskResult, ended } });
        }

        // The message of a step is masked where it is recorded; the span gets only the word of the verdict.
        activity?.SetTag(TaskResult, ended).SetStatus(result.IsGood ? ActivityStatusCode.Ok : ActivityStatusCode.Error, Word(result.Status));
        if (!result.IsGood)
        {
            activity?.SetTag(ErrorType, Word(result.Status));
            Errors.Add(1, new TagList { { PipelineName, pipeline }, { ErrorType, Word(result.Status) } });
        }
    }

    private static string Word(StepStatus status) => status.ToString().ToLowerInvariant();

    private static string Result(DeployStatus status) => status switch
    {
        DeployStatus.Succeeded => "success",
        DeployStatus.Canceled => "cancellation",
        DeployStatus.Inconclusive => "error",
        _ => "failure",
    };

    /// <summary>The values that the conventions have; what ended in doubt is nearest to their "error".</summary>
    private static string Result(StepStatus status) => status switch
    {
        StepStatus.Succeeded => "success",
        StepStatus.Skipped or StepStatus.NotRun => "skip",
        StepStatus.Canceled => "cancellation",
        StepStatus.Failed => "failure",
        _ => "error",
    };
}

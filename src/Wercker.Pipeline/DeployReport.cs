using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Engine;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Reports.Html;

namespace Wercker.Pipeline;

/// <summary>What happened in a deployment: the fold of its journal.</summary>
/// <remarks>
/// Its texts are masked and still hostile: each form in which it is written neutralises them in its own way. All forms are UTF-8 without
/// a byte order mark.
/// </remarks>
public sealed record DeployReport
{
    /// <summary>The deployment's id.</summary>
    public required string Id { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The application.</summary>
    public required string App { get; init; }

    /// <summary>The deployed revision.</summary>
    public required string Revision { get; init; }

    /// <summary>The target's name; null in a pipeline without a target.</summary>
    public string? Target { get; init; }

    /// <summary>Who or what asked for it; null when nobody said.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The verdict.</summary>
    public required DeployStatus Status { get; init; }

    /// <summary>What became of the target when the verdict is not Succeeded.</summary>
    public RestoreStatus Restore { get; init; }

    /// <summary>The verdict in one sentence, the root cause first.</summary>
    public required string Summary { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The steps in the order of the pipeline.</summary>
    public required IReadOnlyList<StepReport> Steps { get; init; }

    /// <summary>What was undone, in the order in which it was undone, and the tests of what was live then: "PostDeployTest (rolled back)".</summary>
    public IReadOnlyList<StepReport> Reverts { get; init; } = [];

    /// <summary>What people were asked, and what they or the defaults decided, in the order of the questions.</summary>
    public IReadOnlyList<DecisionRequest> Decisions { get; init; } = [];

    /// <summary>The environment variables, protected ones as "***", by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What should be looked at although it did not change the verdict.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The first step that decided against the deployment; null when none did.</summary>
    public StepReport? RootCause => Steps.FirstOrDefault(step => step.Decided);

    /// <summary>Folds the events of one deployment, as a journal keeps them, into its report.</summary>
    /// <param name="events">The events in order.</param>
    /// <returns>The report; of a deployment that still runs, the report so far.</returns>
    /// <exception cref="InvalidDataException">The first event is missing.</exception>
    public static DeployReport FromEvents(IEnumerable<DeployEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var builder = new DeployReportBuilder();
        foreach (var deployEvent in events)
        {
            builder.Apply(deployEvent);
        }

        return builder.Build();
    }

    /// <summary>Throws when the deployment did not succeed.</summary>
    /// <returns>This report.</returns>
    /// <exception cref="DeploymentFailedException">The verdict is not Succeeded.</exception>
    public DeployReport EnsureSucceeded() =>
        Status == DeployStatus.Succeeded ? this : throw new DeploymentFailedException(this);

    /// <summary>Reads a report.json back. Members that it does not know are passed over.</summary>
    /// <param name="input">The text.</param>
    /// <returns>The report.</returns>
    /// <exception cref="InvalidDataException">The text is no report, or one of a newer schema.</exception>
    public static DeployReport ReadJson(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return JsonReport.Read(input);
    }

    /// <summary>Writes report.json: everything, as docs/report.schema.json describes it; times in UTC, durations in seconds.</summary>
    /// <param name="output">Takes the text; stays open.</param>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JsonReport.Write(this, output);
    }

    /// <summary>Writes report.html: one file without scripts and without requests, under 1 MB; what does not fit is cut and said so.</summary>
    /// <param name="output">Takes the text; stays open.</param>
    public void WriteHtml(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        new HtmlReport(this).WriteTo(output);
    }

    /// <summary>Writes report.md, for the step summary of a CI system: under 1 MB; what does not fit is cut and said so.</summary>
    /// <param name="output">Takes the text; stays open.</param>
    public void WriteMarkdown(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        new MarkdownReport(this).WriteTo(output);
    }

    /// <summary>Writes junit.xml: a suite with a case for every step, and a second suite for what was undone.</summary>
    /// <param name="output">Takes the text; stays open.</param>
    public void WriteJUnit(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JUnitReport.Write(this, output);
    }
}

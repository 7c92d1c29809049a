using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Live;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>Reads what the log page shows.</summary>
internal sealed class LogReader(LogBook logs)
{
    /// <returns>Null when the deployment has no log.</returns>
    public async Task<LogPageModel?> ReadAsync(DashboardProject project, ProjectAccess access, DeploymentEntry entry, long? line, int count, CancellationToken cancellationToken)
    {
        if (await logs.ReadAsync(project, entry.Id, line, count, cancellationToken).ConfigureAwait(false) is not { } excerpt)
        {
            return null;
        }

        var events = await DeploymentReader.ReadEventsAsync(project, entry.Id, cancellationToken).ConfigureAwait(false);
        return new LogPageModel
        {
            Project = access,
            Deployment = DeploymentLine.Of(entry),
            Lines = excerpt.Lines,
            Total = excerpt.Total,
            Bytes = excerpt.Bytes,
            IsClosed = excerpt.IsClosed,
            PageSize = count,
            FirstError = LogStepMarks.FirstError(excerpt.Steps, DecidedBy(events)),
            Steps = [.. excerpt.Steps.Select(step => new LogStep(step.Name, step.Line))],
            Damage = excerpt.Damage,
            Cursor = new LiveCursor(events is [.., var last] ? last.Sequence : 0, excerpt.Ended).ToString(),
        };
    }

    /// <summary>Where to read about the first error; the beginning of the log when there is none; null when there is no log.</summary>
    public async Task<long?> FindErrorAsync(DashboardProject project, string id, CancellationToken cancellationToken)
    {
        if (await logs.ReadAsync(project, id, null, 0, cancellationToken).ConfigureAwait(false) is not { } excerpt)
        {
            return null;
        }

        var events = await DeploymentReader.ReadEventsAsync(project, id, cancellationToken).ConfigureAwait(false);
        return LogStepMarks.FirstError(excerpt.Steps, DecidedBy(events)) ?? 1;
    }

    private static string? DecidedBy(List<DeployEvent> events) => events is [{ Kind: DeployEventKind.DeploymentStarted }, ..] ? DeployReport.FromEvents(events).RootCause?.Name : null;
}

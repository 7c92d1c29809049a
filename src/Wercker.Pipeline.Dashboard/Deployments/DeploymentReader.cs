using Wercker.Pipeline.Dashboard.Live;
using Wercker.Pipeline.Dashboard.Logs;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Reads what the pages about deployments show.</summary>
internal sealed class DeploymentReader(LogBook logs, TimeProvider clock)
{
    private const int LatestOfProject = 5;

    /// <summary>A project at a glance. A store that cannot be read is said so, and does not hide the other projects.</summary>
    public static async Task<ProjectModel> ReadProjectAsync(DashboardProject project, ProjectAccess access, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> targets = [.. project.Targets.Select(target => target.Name)];
        try
        {
            var latest = await project.Store.SearchAsync(new DeploymentSearch { App = project.App, Limit = LatestOfProject }, cancellationToken).ConfigureAwait(false);
            return new ProjectModel
            {
                Project = access,
                Targets = targets,
                Latest = [.. latest.Select(DeploymentLine.Of)],
                Running = await project.Store.CountAsync(new DeploymentSearch { App = project.App, Status = DeployStatus.Running }, cancellationToken).ConfigureAwait(false),
                Questions = await CountQuestionsAsync(project, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ConfigurationException)
        {
            return new ProjectModel { Project = access, Targets = targets, Latest = [], Running = 0, Questions = 0, Problem = exception.Message };
        }
    }

    public static async Task<DeploymentListModel> ReadListAsync(DashboardProject project, ProjectAccess access, DeploymentFilter filter, CancellationToken cancellationToken)
    {
        // One more than is shown tells whether there is a next page.
        var search = filter.ToSearch(project.App);
        var found = await project.Store.SearchAsync(search with { Limit = filter.Limit + 1 }, cancellationToken).ConfigureAwait(false);
        return new DeploymentListModel
        {
            Project = access,
            Filter = filter,
            Targets = [.. project.Targets.Select(target => target.Name)],
            Deployments = [.. found.Take(filter.Limit).Select(DeploymentLine.Of)],
            Total = await project.Store.CountAsync(search, cancellationToken).ConfigureAwait(false),
            Next = found.Count > filter.Limit ? filter with { After = found[filter.Limit - 1].Id } : null,
        };
    }

    /// <summary>Finds a deployment of the project; null for ids that are none, and for those of other projects of the store.</summary>
    public static async Task<DeploymentEntry?> FindAsync(DashboardProject project, string? id, CancellationToken cancellationToken) =>
        DashboardName.IsId(id) && await project.Store.FindAsync(id!, cancellationToken).ConfigureAwait(false) is { } entry && project.Has(entry) ? entry : null;

    public static async Task<List<DeployEvent>> ReadEventsAsync(DashboardProject project, string id, CancellationToken cancellationToken)
    {
        var events = new List<DeployEvent>();
        await foreach (var e in project.Store.ReadAsync(id, cancellationToken).ConfigureAwait(false))
        {
            events.Add(e);
        }

        return events;
    }

    public async Task<DeploymentModel> ReadAsync(DashboardProject project, ProjectAccess access, DeploymentEntry entry, CancellationToken cancellationToken)
    {
        // The log first: what is written between the two readings is then sent by the live view, and never left out.
        var log = await logs.ReadAsync(project, entry.Id, null, 0, cancellationToken).ConfigureAwait(false);
        var events = await ReadEventsAsync(project, entry.Id, cancellationToken).ConfigureAwait(false);
        var report = DeployReport.FromEvents(events);
        var isRunning = report.Status == DeployStatus.Running;
        var store = project.Store;
        return new DeploymentModel
        {
            Project = access,
            Report = report,
            Cause = ReportWording.Cause(report),
            TargetState = ReportWording.TargetState(report),
            NextSteps = [.. ReportWording.NextSteps(report)],
            Questions = isRunning ? await store.ListQuestionsAsync(entry.Id, cancellationToken).ConfigureAwait(false) : [],
            Waits = isRunning ? Waits.Find(events, report, clock.GetUtcNow()) : [],
            CancelRequestedBy = await store.FindCancelRequestAsync(entry.Id, cancellationToken).ConfigureAwait(false),
            Interrupted = isRunning ? await FindInterruptionAsync(store, entry, cancellationToken).ConfigureAwait(false) : null,
            Source = SourceOf(events[0].Header?.Source),
            PreviousId = (await store.SearchAsync(new DeploymentSearch { App = entry.App, Target = entry.Target, After = entry.Id, Limit = 1 }, cancellationToken).ConfigureAwait(false)) is [var before] ? before.Id : null,
            LogBytes = log?.Bytes,
            Cursor = new LiveCursor(events[^1].Sequence, log?.Ended ?? 0).ToString(),
        };
    }

    public static async Task<ComparisonModel> CompareAsync(DashboardProject project, ProjectAccess access, string left, string right, CancellationToken cancellationToken) => Comparison.Of(
        access,
        DeployReport.FromEvents(await ReadEventsAsync(project, left, cancellationToken).ConfigureAwait(false)),
        DeployReport.FromEvents(await ReadEventsAsync(project, right, cancellationToken).ConfigureAwait(false)));

    /// <summary>Why a deployment will not go on by itself; null when it does.</summary>
    public static async Task<string?> FindInterruptionAsync(IDeploymentStore store, DeploymentEntry entry, CancellationToken cancellationToken)
    {
        // A deployment holds its target as long as it lives. Without a target nobody can tell.
        if (entry.Target is null)
        {
            return null;
        }

        return await store.FindLeaseAsync(entry.Target, cancellationToken).ConfigureAwait(false) switch
        {
            { IsOrphaned: true } lease when lease.DeploymentId == entry.Id => "The process that ran it has ended. It can be resumed, undone or abandoned: see 'wercker resume'.",
            { } lease when lease.DeploymentId == entry.Id => null,
            _ when await store.FindAsync(entry.Id, cancellationToken).ConfigureAwait(false) is { Status: not DeployStatus.Running } => null,
            _ => "It does not hold its target any more: its process has ended, or the target was taken away from it. It can be resumed, undone or abandoned: see 'wercker resume'.",
        };
    }

    private static async Task<int> CountQuestionsAsync(DashboardProject project, CancellationToken cancellationToken)
    {
        var questions = await project.Store.ListQuestionsAsync(null, cancellationToken).ConfigureAwait(false);
        if (project.App is null)
        {
            return questions.Count;
        }

        var count = 0;
        foreach (var question in questions)
        {
            count += await FindAsync(project, question.DeploymentId, cancellationToken).ConfigureAwait(false) is null ? 0 : 1;
        }

        return count;
    }

    private static string? SourceOf(Source? source) => source switch
    {
        null => null,
        { Kind: SourceKind.Git } => $"git, {source.GitRevision} of {source.Path}",
        { Kind: SourceKind.Artifact } => $"artifact {source.Path}",
        _ => $"directory {source.Path}",
    };
}

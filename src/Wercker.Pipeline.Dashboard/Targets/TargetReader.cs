using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Targets;

/// <summary>Reads what the pages about targets show.</summary>
internal static class TargetReader
{
    private const int LatestOnItsPage = 10;

    public static async Task<TargetListModel> ReadAllAsync(DashboardProject project, ProjectAccess access, CancellationToken cancellationToken)
    {
        var leases = (await project.Store.ListLeasesAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(lease => lease.Target, StringComparer.Ordinal);
        var targets = new List<TargetModel>();
        foreach (var target in project.Targets)
        {
            targets.Add(await DescribeAsync(project, access, target, leases.GetValueOrDefault(target.Name), 1, cancellationToken).ConfigureAwait(false));
        }

        // Of a store that projects share, nobody can tell whose the others are.
        foreach (var lease in project.App is null ? leases.Values.Where(lease => project.FindTarget(lease.Target) is null) : [])
        {
            targets.Add(await DescribeAsync(project, access, new DashboardTarget(lease.Target), lease, 1, cancellationToken).ConfigureAwait(false));
        }

        return new TargetListModel(access, targets);
    }

    /// <summary>One target; null when nobody knows it.</summary>
    public static async Task<TargetModel?> ReadAsync(DashboardProject project, ProjectAccess access, string name, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await FindAsync(project, name, cancellationToken).ConfigureAwait(false) is not { } target)
        {
            return null;
        }

        var lease = await project.Store.FindLeaseAsync(target.Name, cancellationToken).ConfigureAwait(false);
        var model = await DescribeAsync(project, access, target, lease, LatestOnItsPage, cancellationToken).ConfigureAwait(false);
        return target.Heartbeat is { } heartbeat ? model with { Heartbeat = await heartbeat.LookAsync(clock, cancellationToken).ConfigureAwait(false) } : model;
    }

    /// <summary>A target of the options, or one that is held or frozen.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">Its name, as it stands in an address: the server leaves an encoded slash as it is.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    public static async Task<DashboardTarget?> FindAsync(DashboardProject project, string name, CancellationToken cancellationToken)
    {
        var decoded = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if ((project.FindTarget(name) ?? project.FindTarget(decoded)) is { } known)
        {
            return known;
        }

        return project.App is null && await project.Store.FindLeaseAsync(decoded, cancellationToken).ConfigureAwait(false) is { } lease ? new DashboardTarget(lease.Target) : null;
    }

    private static async Task<TargetModel> DescribeAsync(
        DashboardProject project, ProjectAccess access, DashboardTarget target, LeaseEntry? lease, int latest, CancellationToken cancellationToken) => new()
        {
            Project = access,
            Name = target.Name,
            Provider = target.Provider,
            LogSource = target.LogSource,
            LogQuery = target.LogQuery,
            MetricsServer = target.MetricsServer,
            MetricsKey = target.MetricsKey,
            Settings = target.Settings,
            Secrets = target.Secrets,
            HasHeartbeat = target.Heartbeat is not null,
            Lease = lease is null ? null : new LeaseModel
            {
                IsFrozen = lease.DeploymentId is null,
                DeploymentId = lease.DeploymentId,
                Owner = lease.Owner,
                Message = lease.Message,
                Since = lease.Since,
                IsOrphaned = lease.IsOrphaned,
            },
            Latest =
            [
                .. (await project.Store.SearchAsync(new DeploymentSearch { App = project.App, Target = target.Name, Limit = latest }, cancellationToken).ConfigureAwait(false)).Select(DeploymentLine.Of),
            ],
        };
}

using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>Reads what people did.</summary>
internal static class AuditReader
{
    public static async Task<AuditModel> ReadAsync(DashboardProject project, ProjectAccess access, long? before, int count, CancellationToken cancellationToken)
    {
        var found = await project.Store.ListActionsAsync(null, before, count + 1, cancellationToken).ConfigureAwait(false);
        var page = found.Take(count).ToList();
        var mine = new List<ActionEntry>(page.Count);
        foreach (var action in page)
        {
            if (await IsOfAsync(project, action, cancellationToken).ConfigureAwait(false))
            {
                mine.Add(action);
            }
        }

        return new AuditModel(access, mine, found.Count > count ? page[^1].Number : null);
    }

    /// <summary>Of a store that projects share, what is about other projects is not shown.</summary>
    private static async Task<bool> IsOfAsync(DashboardProject project, ActionEntry action, CancellationToken cancellationToken) =>
        project.App is null
        || (action.DeploymentId is { } id ? await DeploymentReader.FindAsync(project, id, cancellationToken).ConfigureAwait(false) is not null : action.Target is { } target && project.FindTarget(target) is not null);
}

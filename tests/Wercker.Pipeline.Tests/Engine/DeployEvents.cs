using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>Reads a journal to its end.</summary>
internal static class DeployEvents
{
    public static async Task<List<DeployEvent>> ReadAsync(IDeploymentJournal journal, string deploymentId)
    {
        var events = new List<DeployEvent>();
        await foreach (var deployEvent in journal.ReadAsync(deploymentId, CancellationToken.None))
        {
            events.Add(deployEvent);
        }

        return events;
    }
}

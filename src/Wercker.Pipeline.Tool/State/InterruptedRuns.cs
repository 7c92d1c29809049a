using Wercker.Pipeline.Stores;
using Wercker.Pipeline.Tool.Progress;

namespace Wercker.Pipeline.Tool.State;

/// <summary>Runs whose process ended before they did, and what they left behind.</summary>
internal static class InterruptedRuns
{
    // More than can run at once.
    private const int Most = 10_000;

    /// <summary>Finds them, the newest first.</summary>
    /// <param name="state">Where runs are kept.</param>
    /// <param name="target">Only those of this target; null for all.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static async Task<IReadOnlyList<DeploymentEntry>> FindAsync(StateDirectory state, string? target, CancellationToken cancellationToken)
    {
        var found = new List<DeploymentEntry>();
        foreach (var entry in await state.Store.SearchAsync(new DeploymentSearch { Status = DeployStatus.Running, Target = target, Limit = Most }, cancellationToken))
        {
            // A run holds its target as long as it lives; where its process cannot be looked at, the lease shows that.
            var lease = entry.Target is { } name ? await state.Store.FindLeaseAsync(name, cancellationToken) : null;
            if (lease is null || lease.DeploymentId != entry.Id || lease.IsOrphaned)
            {
                found.Add(entry);
            }
        }

        return found;
    }

    /// <summary>That the store cannot be read is a refusal here: nothing was started.</summary>
    private static async Task<IReadOnlyList<DeploymentEntry>> LookAsync(StateDirectory state, string target, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(state, target, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new ConfigurationException(exception.Message, exception);
        }
    }

    /// <summary>"run 8f2 was interrupted 14 min ago while Push ran; MaintenanceOn and Push are not undone".</summary>
    public static async Task<string> DescribeAsync(StateDirectory state, DeploymentEntry entry, TimeProvider clock, CancellationToken cancellationToken)
    {
        var report = await state.ReadAsync(entry.Id, cancellationToken);
        var last = (await state.EventsOfAsync(entry.Id, cancellationToken))[^1].At;
        var running = report.Steps.FirstOrDefault(step => step.Status == StepStatus.Running)?.Name;
        var left = report.Steps.Where(step => step.Status is not StepStatus.NotRun and not StepStatus.Skipped).Select(step => step.Name).Except(report.Reverts.Select(undo => undo.Name));
        return $"Run {entry.Id} of {entry.App} {entry.Revision}{(entry.Target is null ? string.Empty : $" to {entry.Target}")} was interrupted {StepWords.Of(clock.GetUtcNow() - last)} ago"
            + $"{(running is null ? string.Empty : $" while {running} ran")}; it had started {(left.Any() ? string.Join(", ", left) : "nothing")}"
            + $"{(LeftMaintenanceOn(report) ? ", and may have left maintenance on" : string.Empty)}."
            + string.Concat(report.Decisions.Where(one => one.Decision is null).Select(one => $" It waits for a decision over {one.Step} ({DecisionText.Of(one)})."));
    }

    /// <summary>Mentions them to whoever looks at runs or plans one.</summary>
    /// <param name="state">Where runs are kept.</param>
    /// <param name="target">Only those of this target; null for all.</param>
    /// <param name="say">Takes the sentences.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static async Task MentionAsync(StateDirectory state, string? target, Action<string> say, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var entry in await FindAsync(state, target, cancellationToken))
            {
                say($"wercker: {await AdviseAsync(state, entry, clock, cancellationToken)}");
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or ConfigurationException)
        {
            // Whoever looks at a damaged store is told so where it matters.
            say($"wercker: whether a run was interrupted cannot be told: {exception.Message}");
        }
    }

    private static async Task<string> AdviseAsync(StateDirectory state, DeploymentEntry entry, TimeProvider clock, CancellationToken cancellationToken) =>
        $"{await DescribeAsync(state, entry, clock, cancellationToken)} Decide what becomes of it: 'wercker resume {entry.Id}' goes on with it, --undo takes it back, --abandon REASON leaves everything as it is.";

    private static bool LeftMaintenanceOn(DeployReport report) =>
        report.Steps.Any(step => step is { Name: "MaintenanceOn", Status: StepStatus.Running or StepStatus.Succeeded })
        && !report.Steps.Any(step => step is { Name: "Restart", Status: StepStatus.Succeeded })
        && !report.Reverts.Any(undo => undo is { Name: "MaintenanceOn", Status: StepStatus.Succeeded or StepStatus.Skipped });

    /// <summary>Refuses to deploy over what an interrupted run left behind.</summary>
    /// <exception cref="ConfigurationException">There is one of this target.</exception>
    public static async Task EnsureNoneAsync(StateDirectory state, string target, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await LookAsync(state, target, cancellationToken) is [var entry, ..])
        {
            throw new ConfigurationException(
                $"{await DescribeAsync(state, entry, clock, cancellationToken)} Decide what becomes of it first: 'wercker resume {entry.Id}' goes on with it, --undo takes it back, --abandon REASON leaves everything as it is.");
        }
    }
}

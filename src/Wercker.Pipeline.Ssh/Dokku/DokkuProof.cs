namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>Proves that a commit is what runs: Dokku has it as the app's revision, says that the app is deployed, and that all of its processes run.</summary>
internal sealed class DokkuProof(DokkuHost host, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private DokkuOptions Options => host.Options;

    public async Task<StepResult> ProveAsync(string commit, CancellationToken cancellationToken)
    {
        var sha = await host.ReportAsync("git:report", "--git-sha", cancellationToken).ConfigureAwait(false);
        if (sha is null || !commit.StartsWith(sha, StringComparison.Ordinal))
        {
            return StepResult.Failed($"{Options.App} has the revision {sha ?? "none"} and not {commit[..7]}: does Dokku deploy another branch than {Options.Branch}? Look at dokku git:report {Options.App}.");
        }

        return await AwaitRunningAsync($"revision {sha} of {Options.App} is live", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until all processes run.</summary>
    public async Task<StepResult> AwaitRunningAsync(string words, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        while (true)
        {
            var deployed = await host.ReportAsync("ps:report", "--deployed", cancellationToken).ConfigureAwait(false);
            var running = await host.ReportAsync("ps:report", "--running", cancellationToken).ConfigureAwait(false);
            if (deployed == "true" && running == "true")
            {
                return StepResult.Succeeded($"{words}, and its processes run", new Evidence("release", words));
            }

            if (clock.GetElapsedTime(startedAt) >= Options.StartTimeout)
            {
                return StepResult.Failed($"the processes of {Options.App} do not all run (deployed: {deployed ?? "unknown"}, running: {running ?? "unknown"}). Look at dokku ps:report {Options.App} and dokku logs {Options.App}.");
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until no deployment of the app holds its lock, also not one that is just about to take it.</summary>
    /// <returns>False when one still does after the time.</returns>
    public async Task<bool> AwaitUnlockedAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var freeSince = startedAt;
        while (true)
        {
            var isLocked = await host.IsLockedAsync(cancellationToken).ConfigureAwait(false);
            freeSince = isLocked ? clock.GetTimestamp() : freeSince;
            if (!isLocked && clock.GetElapsedTime(freeSince) >= Grace)
            {
                return true;
            }

            if (clock.GetElapsedTime(startedAt) >= longest)
            {
                return !isLocked;
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}

using Wercker.Pipeline.Ssh.Fleets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>Puts every host back to what was live on it, the last wave first and the last host of each first.</summary>
internal sealed class RollBack(SshOptions options, IReadOnlyList<IReadOnlyList<SshHost>> waves, FleetRun fleet)
{
    public async Task<StepResult> RunAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        var wanted = ReleaseMap.Parse(release.Id, options.Hosts.Select(host => host.Name));
        var steps = new HostSteps(options);
        var verdict = new FleetVerdict(options.Fleet);
        foreach (var wave in waves.Reverse())
        {
            // A host that fails does not keep the others from going back.
            var outcomes = await fleet.RunAsync(
                [.. wave.Where(host => wanted[host.Name] != ReleaseMap.Unseen).Reverse()],
                (run, host, token) => steps.SwitchAsync(run, host, wanted[host.Name], "rollback", restart: true, context, token),
                null,
                cancellationToken).ConfigureAwait(false);
            verdict.Add(outcomes);
            foreach (var outcome in outcomes)
            {
                verdict.Count(outcome);
            }
        }

        var evidence = verdict.ToEvidence("rolled back");
        return verdict.HasFailed || verdict.IsNobodyGood
            ? StepResult.Failed($"not every host is back: {verdict.Complaints()}", evidence)
            : StepResult.Succeeded($"{release.Description ?? release.Id} is live again{(verdict.Bad.Count > 0 ? $", except on {verdict.Complaints()}" : string.Empty)}", evidence);
    }
}

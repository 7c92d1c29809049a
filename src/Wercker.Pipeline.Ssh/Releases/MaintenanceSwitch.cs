using Wercker.Pipeline.Ssh.Fleets;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>The maintenance page: a file, or a link to one, that web servers look for.</summary>
internal sealed class MaintenanceSwitch(SshOptions options, FleetRun fleet)
{
    /// <exception cref="SshException">A host cannot be asked, or the hosts do not agree.</exception>
    public async Task<bool> GetAsync(CancellationToken cancellationToken)
    {
        var hosts = await RunAsync("asked", cancellationToken).ConfigureAwait(false);
        var on = hosts.Where(outcome => outcome.Detail == "on").Select(outcome => outcome.Host.Name).ToArray();
        return on.Length == 0 ? false : on.Length == hosts.Count ? true
            : throw new SshException(on[0], $"maintenance is on for {string.Join(", ", on.Take(5))} and off for others, so it could not be put back as it was. Switch it by hand to the same on all hosts ({options.MaintenanceFile}).");
    }

    /// <exception cref="SshException">A host does not do it.</exception>
    public async Task SetAsync(bool on, CancellationToken cancellationToken)
    {
        var wanted = on ? "on" : "off";
        var hosts = await RunAsync(wanted, cancellationToken).ConfigureAwait(false);
        if (hosts.FirstOrDefault(outcome => outcome.Detail != wanted) is { } other)
        {
            throw new SshException(other.Host.Name, $"maintenance was switched {wanted}, but it is still {other.Detail}.");
        }
    }

    private async Task<IReadOnlyList<HostOutcome>> RunAsync(string wanted, CancellationToken cancellationToken)
    {
        var verdict = new FleetVerdict(options.Fleet);
        var outcomes = await fleet.RunAsync(
            options.Hosts,
            async (run, host, token) =>
            {
                var command = ReleaseScripts.Maintenance.With(
                    ("root", options.PathOn(host)), ("file", options.MaintenanceFile), ("page", options.MaintenancePage ?? string.Empty), ("wanted", wanted));
                var reply = await run.RunAsync(command, null, null, token).ConfigureAwait(false);
                return reply["maintenance"] is { } state && reply.ExitCode == 0 ? new HostOutcome(host, HostState.Done, state) : new HostOutcome(host, HostState.Failed, reply.Complaint());
            },
            verdict.Count,
            cancellationToken).ConfigureAwait(false);
        return !verdict.HasFailed
            ? [.. outcomes.Where(outcome => outcome.IsGood)]
            : throw new SshException(outcomes.First(verdict.IsFailure).Host.Name, $"maintenance cannot be {(wanted == "asked" ? "asked for" : $"switched {wanted}")}: {outcomes.First(verdict.IsFailure).Detail}");
    }
}

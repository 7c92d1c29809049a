using System.Globalization;
using Wercker.Pipeline.Ssh.Fleets;
using Wercker.Pipeline.Ssh.Scripts;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>Asks the hosts which release is live.</summary>
internal sealed class ReleaseBook(SshOptions options, FleetRun fleet)
{
    /// <summary>The script that tells whether a host can be deployed to.</summary>
    public static string InspectOf(SshOptions options, SshHost host) => ReleaseScripts.Inspect.With(
        ("root", options.PathOn(host)),
        ("tools", ReleaseScripts.Tools + (options.Repository is null ? string.Empty : " git") + (options.Sudo ? " sudo" : string.Empty) + (options.Unit is null ? string.Empty : " systemctl")),
        ("files", string.Join('\n', options.LinkedFiles)));

    /// <exception cref="SshException">A host cannot be asked, and is not one that may be left out.</exception>
    public async Task<Release?> GetCurrentAsync(CancellationToken cancellationToken)
    {
        var hosts = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (hosts.All(one => one.Release is ReleaseMap.None or ReleaseMap.Unseen))
        {
            return null;
        }

        var releases = hosts.CountBy(one => one.Release).ToArray();
        return new Release(
            ReleaseMap.Format(hosts),
            releases.Length == 1 ? null : string.Join(", ", releases.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} on {one.Value}"))));
    }

    private async Task<IReadOnlyList<(string Host, string Release)>> ReadAsync(CancellationToken cancellationToken)
    {
        var outcomes = await fleet.RunAsync(
            options.Hosts,
            async (run, host, token) =>
            {
                var reply = await run.RunAsync(ReleaseScripts.Live.With(("root", options.PathOn(host))), null, null, token).ConfigureAwait(false);
                return reply.Has("done") ? new HostOutcome(host, HostState.Done, ReleaseMarker.Live(reply)) : new HostOutcome(host, HostState.Failed, reply.Complaint());
            },
            null,
            cancellationToken).ConfigureAwait(false);
        var verdict = new FleetVerdict(options.Fleet);
        foreach (var outcome in outcomes)
        {
            verdict.Count(outcome);
        }

        if (verdict.HasFailed)
        {
            var bad = outcomes.First(verdict.IsFailure);
            throw new SshException(bad.Host.Name, bad.Detail ?? "cannot be asked for its release") { IsUnreachable = bad.State == HostState.Unreachable };
        }

        return [.. outcomes.Select(outcome => (outcome.Host.Name, outcome.State == HostState.Done ? outcome.Detail! : ReleaseMap.Unseen))];
    }
}

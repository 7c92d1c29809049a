using System.Globalization;
using Wercker.Pipeline.Ssh.Fleets;
using Wercker.Pipeline.Ssh.Releases;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Setup;

/// <summary>Asks every host whether it can be deployed to: log in, tools, rights, space, linked files, and who changed "current".</summary>
internal sealed class SetupCheck(SshOptions options, FleetRun fleet)
{
    public async Task<StepResult> RunAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows() && context.Request.Source?.FindObstacle() is { } obstacle)
        {
            return StepResult.Failed(obstacle);
        }

        var verdict = new FleetVerdict(options.Fleet);
        var outcomes = await fleet.RunAsync(options.Hosts, (run, host, token) => CheckAsync(run, host, context, token), null, cancellationToken).ConfigureAwait(false);
        verdict.Add(outcomes);
        foreach (var outcome in outcomes)
        {
            verdict.Count(outcome);
        }

        var evidence = verdict.ToEvidence("ready");
        if (verdict.HasFailed || verdict.IsNobodyGood)
        {
            return StepResult.Failed(verdict.Complaints(), evidence);
        }

        if (verdict.Bad.Count > 0)
        {
            await context.WarnAsync(verdict.Complaints(), cancellationToken).ConfigureAwait(false);
        }

        return StepResult.Succeeded($"{options.Hosts.Count - verdict.Bad.Count} of {options.Hosts.Count} hosts are ready", evidence);
    }

    private async Task<HostOutcome> CheckAsync(HostRun run, SshHost host, DeployContext context, CancellationToken cancellationToken)
    {
        var reply = await run.RunAsync(ReleaseBook.InspectOf(options, host), null, null, cancellationToken).ConfigureAwait(false);
        if (!reply.Has("done"))
        {
            return new HostOutcome(host, HostState.Failed, reply.Complaint());
        }

        var drift = ReleaseMarker.FindDrift(reply);
        if (drift is not null && options.AllowDrift)
        {
            await context.WarnAsync($"{host.Name}: {drift}", cancellationToken).ConfigureAwait(false);
        }

        var complaints = new List<string>();
        if (reply.All("missing").ToArray() is { Length: > 0 } tools)
        {
            complaints.Add($"{string.Join(", ", tools)} {(tools.Length == 1 ? "is" : "are")} not installed there");
        }

        complaints.AddRange(reply.All("readonly").Select(path => $"{reply["user"]} may not write to {path}: make it, and give it to {reply["user"]}"));
        complaints.AddRange(reply.All("nofile").Select(path => $"the linked file {path} is not there: put it there"));
        if (long.TryParse(reply["free"], NumberStyles.Float, CultureInfo.InvariantCulture, out var free) && free < options.Reserve)
        {
            complaints.Add(string.Create(CultureInfo.InvariantCulture, $"{free / 1_000_000} MB are free at {options.PathOn(host)}, and {options.Reserve / 1_000_000} MB must stay free: make room"));
        }

        if (drift is not null && !options.AllowDrift)
        {
            complaints.Add($"{drift}. Put it back, or allow drift to deploy over it");
        }

        return complaints.Count == 0 ? new HostOutcome(host, HostState.Done, $"live: {ReleaseMarker.Live(reply)}") : new HostOutcome(host, HostState.Failed, string.Join("; ", complaints));
    }
}

using Wercker.Pipeline.Ssh.Fleets;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>Restarts the application on all hosts.</summary>
internal sealed class ApplicationRestart(SshOptions options, FleetRun fleet)
{
    public async Task<StepResult> RunAsync(bool inWaves, CancellationToken cancellationToken)
    {
        if (options is { Restart: null, Unit: null, Check: null })
        {
            return StepResult.Succeeded("nothing is restarted: the target has neither \"restart\" nor \"unit\"");
        }

        var steps = new HostSteps(options);
        var verdict = new FleetVerdict(options.Fleet);
        verdict.Add(await fleet.RunAsync(options.Hosts, (run, host, token) => steps.RestartAsync(run, host, inWaves, token), verdict.Count, cancellationToken).ConfigureAwait(false));
        var evidence = verdict.ToEvidence("restarted");
        return verdict.HasFailed || verdict.IsNobodyGood
            ? StepResult.Failed(verdict.Complaints(), evidence)
            : StepResult.Succeeded($"{options.Hosts.Count - verdict.Bad.Count} of {options.Hosts.Count} hosts are restarted{(inWaves ? ", each in its wave" : string.Empty)}", evidence);
    }
}

using System.Text.Json.Serialization;
using Wercker.Pipeline.Ssh.Fleets;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>Brings a release to the fleet, one wave after the other: the files first, to all hosts of the wave, then the switch.</summary>
internal sealed partial class Rollout(SshOptions options, IReadOnlyList<IReadOnlyList<SshHost>> waves, FleetRun fleet)
{
    // The waves that have passed their tests, so that a resumed deployment does not test them again.
    private static readonly ContextKey<int> Passed = new("wercker.ssh.waves", RolloutJson.Default.Int32);
    private readonly HostSteps _steps = new(options);
    private readonly FleetVerdict _verdict = new(options.Fleet);
    private readonly List<Evidence> _tests = [];

    public async Task<StepResult> RunAsync(DeployContext context, Payload payload, CancellationToken cancellationToken)
    {
        _verdict.Add(options.Hosts.Select(host => new HostOutcome(host, HostState.NotTried)));
        var passed = context.TryGet(Passed, out var known) ? known : 0;
        for (var i = 0; i < waves.Count; i++)
        {
            await SwitchAsync(context, payload, i, cancellationToken).ConfigureAwait(false);
            if (_verdict.HasFailed)
            {
                return StepResult.Failed($"{(waves.Count > 1 ? $"wave {i + 1} of {waves.Count}: " : string.Empty)}{_verdict.Complaints()}", [Evidence(), .. _tests]);
            }

            if (i >= passed && i < waves.Count - 1)
            {
                if (await TestAsync(context, i, cancellationToken).ConfigureAwait(false) is { } bad)
                {
                    return bad;
                }

                await context.SetAsync(Passed, i + 1, cancellationToken).ConfigureAwait(false);
            }
        }

        if (_verdict.IsNobodyGood)
        {
            return StepResult.Failed($"no host has the release: {_verdict.Complaints()}", Evidence());
        }

        if (_verdict.Bad.Count > 0)
        {
            await context.WarnAsync($"{_verdict.Bad.Count} of {options.Hosts.Count} hosts do not have release {payload.ReleaseId}: {_verdict.Complaints()}", cancellationToken).ConfigureAwait(false);
        }

        return StepResult.Succeeded($"release {payload.ReleaseId} is live on {options.Hosts.Count - _verdict.Bad.Count} of {options.Hosts.Count} hosts", [Evidence(), .. _tests]);
    }

    private async Task SwitchAsync(DeployContext context, Payload payload, int wave, CancellationToken cancellationToken)
    {
        if (waves.Count > 1)
        {
            await context.Output.NoteAsync($"wave {wave + 1} of {waves.Count}: {waves[wave].Count} hosts", cancellationToken).ConfigureAwait(false);
        }

        var prepared = await fleet.RunAsync(waves[wave], (run, host, token) => _steps.PrepareAsync(run, host, payload, context, token), _verdict.Count, cancellationToken).ConfigureAwait(false);
        _verdict.Add(prepared.Where(outcome => !outcome.IsGood));
        if (_verdict.HasFailed)
        {
            return;
        }

        // With several waves each is tested as it will run, so it is restarted; with one, the commands after the push come first.
        var hosts = prepared.Where(outcome => outcome.IsGood).Select(outcome => outcome.Host).ToArray();
        _verdict.Add(await fleet.RunAsync(
            hosts,
            (run, host, token) => _steps.SwitchAsync(run, host, payload.ReleaseId, "release", waves.Count > 1, context, token),
            _verdict.Count,
            cancellationToken).ConfigureAwait(false));
    }

    private async Task<StepResult?> TestAsync(DeployContext context, int wave, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Fleet.Pause, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (options.Fleet.WaveTests is not { } addTests)
        {
            return null;
        }

        var builder = new DeployPipelineBuilder($"wave {wave + 1}", new PipelineServices { TimeProvider = context.TimeProvider });
        addTests(builder);
        var request = context.Request with { Id = null, Source = null, Variables = Plain(context), SecretVariables = context.Request.SecretVariables };
        var report = await builder.Build().DeployAsync(request, cancellationToken).ConfigureAwait(false);
        _tests.AddRange(report.Steps.SelectMany(step => step.Evidence.Prepend(new Evidence("text", $"wave {wave + 1}: {step.Name}: {step.Status}") { Text = step.Message ?? step.Error ?? string.Empty })));
        return report.Status == DeployStatus.Succeeded ? null
            : StepResult.Failed($"wave {wave + 1} of {waves.Count} did not pass its tests: {report.Summary}", [Evidence(), .. _tests]);
    }

    private static Dictionary<string, string> Plain(DeployContext context) =>
        context.Environment.Where(variable => !variable.IsProtected).ToDictionary(variable => variable.Name, variable => variable.Value.Reveal(), StringComparer.Ordinal);

    private Evidence Evidence() => _verdict.ToEvidence("released");

    [JsonSerializable(typeof(int))]
    private sealed partial class RolloutJson : JsonSerializerContext;
}

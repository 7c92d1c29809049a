using System.Globalization;
using Wercker.Pipeline.Ssh.Fleets;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>The steps of a release on one host.</summary>
internal sealed class HostSteps(SshOptions options)
{
    private const int CutOff = 75;
    private const int Corrupt = 76;
    private const int Tries = 3;

    /// <summary>What restarts the application, as shell text; empty when nothing does.</summary>
    private string RestartText => options.Unit is { } unit
        ? $"systemctl restart {HostScript.Quote(unit)} && systemctl is-active --quiet {HostScript.Quote(unit)}"
        : options.Restart ?? string.Empty;

    /// <summary>Brings the release to the host.</summary>
    public async Task<HostOutcome> PrepareAsync(HostRun run, SshHost host, Payload payload, DeployContext context, CancellationToken cancellationToken)
    {
        HostReply reply;
        var tries = 0;
        do
        {
            reply = await run.RunAsync(PrepareOf(host, payload, context), null, payload.Archive is { } archive ? archive.Open : null, cancellationToken).ConfigureAwait(false);
        }
        while (reply.ExitCode is CutOff or Corrupt && ++tries < Tries);

        if (!options.AllowDrift && ReleaseMarker.FindDrift(reply) is { } drift)
        {
            return new HostOutcome(host, HostState.Failed, $"{drift}. Put it back, or allow drift to deploy over it");
        }

        return reply switch
        {
            _ when reply.ExitCode == 0 && reply.Has("prepared") => new HostOutcome(host, HostState.Done),
            { ExitCode: CutOff } => new HostOutcome(host, HostState.Failed, $"the upload ended after {reply["incomplete"]} of {payload.Archive?.Size} bytes"),
            { ExitCode: Corrupt } => new HostOutcome(host, HostState.Failed, "the files arrived changed: their SHA-256 is another one"),
            _ => new HostOutcome(host, HostState.Failed, reply.Complaint()),
        };
    }

    /// <summary>Makes a release the live one.</summary>
    public async Task<HostOutcome> SwitchAsync(HostRun run, SshHost host, string release, string action, bool restart, DeployContext context, CancellationToken cancellationToken)
    {
        var reply = await run.RunAsync(
            ReleaseScripts.Switch.With([
                ("root", options.PathOn(host)), ("id", release), ("action", action), ("deployment", Line(context.DeploymentId)), ("who", Line(context.Request.RequestedBy ?? "unknown")),
                ("now", context.TimeProvider.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)), ("keep", Number(options.Keep)), ("andrestart", restart ? "yes" : "no"),
                .. Restarting()]),
            FirstLine,
            null,
            cancellationToken).ConfigureAwait(false);
        return reply.ExitCode != 0 || !reply.Has("done") ? new HostOutcome(host, HostState.Failed, reply.Complaint())
            : reply.Has("already") ? new HostOutcome(host, HostState.Already, reply.Has("restarted") ? "restarted" : null)
            : new HostOutcome(host, HostState.Done, $"before: {(reply["was"] is { Length: > 0 } was ? was : "nothing")}{(reply.Has("restarted") && RestartText.Length > 0 ? ", restarted" : string.Empty)}");
    }

    /// <summary>Restarts the application.</summary>
    public async Task<HostOutcome> RestartAsync(HostRun run, SshHost host, bool inWaves, CancellationToken cancellationToken)
    {
        var reply = await run.RunAsync(
            ReleaseScripts.Restart.With([("root", options.PathOn(host)), ("inwaves", inWaves ? "yes" : "no"), .. Restarting()]), FirstLine, null, cancellationToken).ConfigureAwait(false);
        return reply.ExitCode != 0 ? new HostOutcome(host, HostState.Failed, reply.Complaint())
            : reply.Has("already") ? new HostOutcome(host, HostState.Already, "in its wave")
            : reply.Has("restarted") ? new HostOutcome(host, HostState.Done)
            : new HostOutcome(host, HostState.Failed, reply.Complaint());
    }

    private string? FirstLine => options is { Sudo: true, SudoPassword: { } password } ? password.Reveal() : null;

    private string PrepareOf(SshHost host, Payload payload, DeployContext context) => ReleaseScripts.Prepare.With(
        ("root", options.PathOn(host)),
        ("id", payload.ReleaseId),
        ("sum", payload.Archive?.Sum ?? payload.Commit!),
        ("size", Number(payload.Archive?.Size ?? 0)),
        ("plain", Number(payload.Archive?.PlainSize ?? 0)),
        ("reserve", Number(options.Reserve)),
        ("nonce", Guid.NewGuid().ToString("N")),
        ("repository", payload.Archive is null ? options.Repository! : string.Empty),
        ("commit", payload.Commit ?? string.Empty),
        ("directories", string.Join('\n', options.LinkedDirectories)),
        ("files", string.Join('\n', options.LinkedFiles)),
        ("prepare", options.Prepare ?? string.Empty),
        ("limit", Number((long)Math.Ceiling(options.HostTimeout.TotalSeconds))),
        ("version", Line(context.Request.Revision)),
        ("deployment", Line(context.DeploymentId)));

    private IEnumerable<(string, string)> Restarting() =>
    [
        ("restart", RestartText),
        ("check", options.Check ?? string.Empty),
        ("checklimit", Number((long)Math.Ceiling(options.CheckTimeout.TotalSeconds))),
        ("sudo", !options.Sudo ? "no" : options.SudoPassword is null ? "plain" : "password"),
        ("limit", Number((long)Math.Ceiling(options.HostTimeout.TotalSeconds))),
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // The marker keeps one fact per line, and tells them with bars.
    private static string Line(string text) => text.ReplaceLineEndings(" ").Replace('|', '/');
}

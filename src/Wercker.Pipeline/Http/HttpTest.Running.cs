using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Http;

public sealed partial class HttpTest
{
    /// <summary>The version that answered before the deployment changed anything, by the place where it was found; empty for one that did not show itself.</summary>
    private ContextKey<string> VersionBefore => new($"wercker.http.before:{Rules.VersionUrl ?? Rules.Url}", VersionJson.Default.String);

    /// <summary>Notes which version answers, for a test after a roll back. Nobody answering is no fault: the first deployment has nobody.</summary>
    internal async ValueTask NoteVersionAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (context.TryGet(VersionBefore, out _))
        {
            return;
        }

        Register(context);
        using var client = new ProbeClient(Rules, context.TimeProvider, context.Secrets.Mask);
        string? version = null;
        try
        {
            version = Rules.Proof!.Read(await client.GetAsync(Rules.VersionUrl ?? Rules.Url!, cancellationToken).ConfigureAwait(false), VersionOf(context))?.Version;
        }
        catch (NoAnswerException)
        {
            // Then any version but the new one will do.
        }

        await context.Output.NoteAsync($"GET {Rules.VersionUrl ?? Rules.Url}: {(version is null ? "no version answers yet" : $"version {version} answers")}", cancellationToken).ConfigureAwait(false);
        await context.SetAsync(VersionBefore, version ?? string.Empty, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tries until there is a verdict.</summary>
    internal async ValueTask<StepResult> RunAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Register(context);
        var deployed = VersionOf(context);
        var isOld = context.IsRolledBack;
        var before = isOld && context.TryGet(VersionBefore, out var noted) && noted.Length > 0 ? noted : null;

        // The same revision deployed again is the right one before and after.
        var wanted = before is not null ? new WantedVersion(before) : isOld ? new WantedVersion(deployed, Other: true) : new WantedVersion(deployed);
        return await RunAsync(wanted, context, cancellationToken).ConfigureAwait(false);
    }

    private void Register(DeployContext context)
    {
        foreach (var (name, secret) in Rules.Headers.SelectMany(header => header.Secrets))
        {
            context.Secrets.Add(name, secret);
        }
    }

    private async ValueTask<StepResult> RunAsync(WantedVersion wanted, DeployContext context, CancellationToken cancellationToken)
    {
        var expected = wanted.Words;
        var clock = context.TimeProvider;
        var start = clock.GetUtcNow();
        var transcript = new Transcript(Rules, expected, start, context.Secrets.Mask);
        var verdict = new ProbeVerdict(Rules, expected);
        using var client = new ProbeClient(Rules, clock, context.Secrets.Mask);
        var prober = new Prober(Rules, wanted, client, clock);
        while (true)
        {
            var at = clock.GetUtcNow();
            var probe = await prober.TryAsync(cancellationToken).ConfigureAwait(false);
            if (transcript.Add(probe, at) is { } line)
            {
                await context.Output.NoteAsync($"GET {Rules.Url}: {line}", cancellationToken).ConfigureAwait(false);
            }

            if (verdict.Add(probe, clock.GetUtcNow() - start >= Rules.Grace) is { } result)
            {
                return result with { Evidence = [transcript.ToEvidence()] };
            }

            await Task.Delay(Rules.Interval, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private string VersionOf(DeployContext context) => Rules.VersionVariable is not { } variable
        ? Rules.Version ?? context.Request.Revision
        : context.Environment.TryGet(variable, out var version) && version.Trim() is { Length: > 0 } text
            ? text
            : throw new ConfigurationException($"The HTTP test expects the version that the variable {variable} holds, and it is not set: set it, or name another one.");

    [JsonSerializable(typeof(string))]
    private sealed partial class VersionJson : JsonSerializerContext;
}

namespace Wercker.Pipeline.Http;

public sealed partial class HttpTest
{
    /// <summary>Tries until there is a verdict.</summary>
    internal async ValueTask<StepResult> RunAsync(DeployContext context, CancellationToken cancellationToken)
    {
        foreach (var header in Rules.Headers)
        {
            if (header.Secret is { } secret)
            {
                context.Secrets.Add(header.Name, secret);
            }
        }

        var expected = VersionOf(context);
        var clock = context.TimeProvider;
        var start = clock.GetUtcNow();
        var transcript = new Transcript(Rules, expected, start);
        var verdict = new ProbeVerdict(Rules, expected);
        using var client = new ProbeClient(Rules, clock);
        var prober = new Prober(Rules, expected, client, clock);
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
}

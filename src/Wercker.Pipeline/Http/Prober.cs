using System.Globalization;

namespace Wercker.Pipeline.Http;

/// <summary>Makes one try: finds out who answers, then whether the answer is right.</summary>
internal sealed class Prober(HttpTestRules rules, WantedVersion wanted, ProbeClient client, TimeProvider clock)
{
    public async ValueTask<Probe> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (rules.VersionUrl is { } versionUrl)
            {
                var first = await client.GetAsync(versionUrl, cancellationToken).ConfigureAwait(false);
                var reading = rules.Proof!.Read(first, wanted.Version);
                if (!IsWanted(first, reading))
                {
                    return WithoutProof(first, reading);
                }

                return Judge(await client.GetAsync(rules.Url!, cancellationToken).ConfigureAwait(false), reading);
            }

            var answer = await client.GetAsync(rules.Url!, cancellationToken).ConfigureAwait(false);
            var own = rules.Proof!.Read(answer, wanted.Version);
            return IsWanted(answer, own) ? Judge(answer, own) : WithoutProof(answer, own);
        }
        catch (NoAnswerException e)
        {
            return new Probe(ProbeOutcome.NoAnswer, e.Message);
        }
    }

    /// <summary>Where any other version is right, an old one that tells nothing of itself is too, if the answer is the application's own.</summary>
    private bool IsWanted(Answer answer, VersionReading? reading) => wanted.Other
        ? reading is { IsExpected: false } || (reading is null && answer.IsSuccess && IsOfAGateway(answer, false) is null)
        : reading is { IsExpected: true };

    /// <summary>An answer that the expected version has not given, as far as anybody can tell.</summary>
    private Probe WithoutProof(Answer answer, VersionReading? reading) => (reading, IsOfAGateway(answer, reading is not null)) switch
    {
        ({ Version: { } version }, _) => Seen(ProbeOutcome.OtherVersion, answer, $"version {version}, not {wanted.Words}") with { Version = version },
        ({ }, _) => Seen(ProbeOutcome.OtherVersion, answer, $"without {wanted.Words} in {rules.Proof!.Where}"),
        (_, { } gateway) => Seen(ProbeOutcome.NoAnswer, answer, gateway),
        _ when answer.Status >= 500 && !rules.Expects(answer.Status) => Seen(ProbeOutcome.Broken, answer, "an error of the application"),
        _ => Seen(ProbeOutcome.NoVersion, answer, $"no version in {rules.Proof!.Where}{(answer.Cut is { } cut ? $"; {cut}" : string.Empty)}"),
    };

    private Probe Judge(Answer answer, VersionReading? reading)
    {
        var version = reading?.Version ?? wanted.Words;
        if (rules.VersionPath is not null && IsOfAGateway(answer, false) is { } gateway)
        {
            return Seen(ProbeOutcome.NoAnswer, answer, gateway);
        }

        if (answer.Status >= 500 && !rules.Expects(answer.Status))
        {
            return Seen(ProbeOutcome.Broken, answer, $"an error of version {version}") with { Version = version };
        }

        var faults = FindFaults(answer).ToArray();
        return faults.Length == 0
            ? Seen(ProbeOutcome.Passes, answer, $"version {version}") with { Version = version }
            : Seen(ProbeOutcome.Fails, answer, $"version {version}, but {string.Join("; ", faults)}") with { Version = version };
    }

    /// <summary>Why an answer is not the application's own; null when it is.</summary>
    private string? IsOfAGateway(Answer answer, bool saysItsVersion) => (saysItsVersion, rules.Signature) switch
    {
        (true, _) => null,
        (_, { } signature) => signature.IsOn(answer) ? null : $"not the application's own answer: without {signature.Words}",
        _ => answer.Status is 502 or 503 or 504 && !rules.Expects(answer.Status) ? "of a gateway before the application" : null,
    };

    private IEnumerable<string> FindFaults(Answer answer)
    {
        if (!rules.Expects(answer.Status))
        {
            yield return rules.Statuses.Count == 0 ? "the status is not from 200 to 299" : $"the status is not {string.Join(" or ", rules.Statuses)}";
        }

        if (rules.Latency is { } most && answer.Elapsed > most)
        {
            yield return $"it took longer than {DurationText.Of(most)}";
        }

        if (rules.CertificateValidFor is { } validFor && !(answer.CertificateUntil - clock.GetUtcNow() >= validFor))
        {
            yield return answer.CertificateUntil is { } until
                ? string.Create(CultureInfo.InvariantCulture, $"the certificate ends {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC, sooner than {DurationText.Of(validFor)} from now")
                : "it came without a certificate";
        }

        // One that never ends holds up whoever waits for it, whatever its beginning says. One that is only large is fine.
        if (answer.Cut is { } cut && !answer.IsLarge)
        {
            yield return cut;
        }

        foreach (var fault in rules.Expectations.Select(expectation => expectation.FindFault(answer)).OfType<string>())
        {
            yield return fault;
        }
    }

    private static Probe Seen(ProbeOutcome outcome, Answer answer, string words) =>
        new(outcome, string.Create(CultureInfo.InvariantCulture, $"{answer.Status} in {answer.Elapsed.TotalMilliseconds:0} ms: {words}")) { Status = answer.Status, Elapsed = answer.Elapsed };
}

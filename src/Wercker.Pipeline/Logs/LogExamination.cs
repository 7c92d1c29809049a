using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Logs;

/// <summary>One run of a log test: waits for the window, asks all sources at once, and judges.</summary>
internal sealed class LogExamination(LogTest test, IReadOnlyList<LogCheck> checks, TestWindow window, DeployContext context)
{
    private readonly Dictionary<ILogSource, SourceSight> _sights = new(new SameObject());
    private Exception? _canaryFailure;

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Cancels waits and readings.</param>
    /// <returns>The verdict with the evidence of every check.</returns>
    public async ValueTask<StepResult> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var source in checks.Select(check => check.Source).Distinct(new SameObject()))
        {
            _sights[source] = new SourceSight(source is IBoundLogSource bound ? bound.Bind(context, window) : source, test, window);
        }

        await TestWindow.WaitAsync(window.Until, context, cancellationToken).ConfigureAwait(false);
        var (canary, sent) = await SendCanaryAsync(cancellationToken).ConfigureAwait(false);
        var settled = _sights.ToDictionary(pair => pair.Key, pair => pair.Value.SettleAsync(canary, sent, context, cancellationToken), new SameObject());
        var findings = await Task.WhenAll(checks.Select(async check =>
        {
            await settled[check.Source].ConfigureAwait(false);
            return await new LogJudge(test, check, _sights[check.Source], window, _canaryFailure).JudgeAsync(cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
        return await ConcludeAsync(findings, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(string? Token, DateTimeOffset Sent)> SendCanaryAsync(CancellationToken cancellationToken)
    {
        var now = context.TimeProvider.GetUtcNow();
        if (test.Bird is null)
        {
            return (null, now);
        }

        // What is over cannot be proven alive any more: there, only lines of its time are evidence.
        if (test.Past is not null && now - window.Until > test.Bird.Deadline)
        {
            await context.Output.NoteAsync("no canary is sent, for the window is long over", cancellationToken).ConfigureAwait(false);
            return (null, now);
        }

        try
        {
            var token = LogCanary.NewToken();
            await test.Bird.Send(context, token, cancellationToken).ConfigureAwait(false);
            return (token, now);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _canaryFailure = e;
            return (null, now);
        }
    }

    private async ValueTask<StepResult> ConcludeAsync(LogFinding[] findings, CancellationToken cancellationToken)
    {
        var statuses = new List<StepStatus?>();
        foreach (var finding in findings)
        {
            if (finding.Check.Role == CheckRole.Observed)
            {
                if (finding.Outcome != LogOutcome.Passed)
                {
                    await context.WarnAsync($"observed only: {finding.Sentence}", cancellationToken).ConfigureAwait(false);
                }

                continue;
            }

            var status = LogVerdict.StatusOf(finding.Outcome, finding.Check.Role, test.Policy);
            statuses.Add(status);
            if (status is null)
            {
                await context.WarnAsync(finding.Sentence, cancellationToken).ConfigureAwait(false);
            }
        }

        var verdict = LogVerdict.Of(statuses);

        // What decided comes first, for those who read only that.
        var ordered = findings.OrderBy(finding => finding.Check.Role).ThenByDescending(finding => finding.Outcome).ToArray();
        return new StepResult
        {
            Status = verdict,
            Message = Sentence(verdict, ordered),
            Evidence = [.. ordered.Select(finding => finding.ToEvidence())],
            Exception = verdict == StepStatus.Error ? ordered.Select(finding => finding.Failure).FirstOrDefault(failure => failure is not null) : null,
        };
    }

    private static string Sentence(StepStatus verdict, LogFinding[] findings)
    {
        var counting = findings.Where(finding => finding.Check.Role != CheckRole.Observed).ToArray();
        var bad = counting.Where(finding => finding.Outcome != LogOutcome.Passed && (finding.Check.Role == CheckRole.Critical || verdict == StepStatus.Skipped)).Select(finding => finding.Sentence);
        var warnings = counting.Where(finding => finding is { Check.Role: CheckRole.Degraded, Outcome: not LogOutcome.Passed }).Select(finding => $"warning: {finding.Sentence}");
        return string.Join("; ", verdict switch
        {
            StepStatus.Succeeded => [.. warnings, .. counting.Where(finding => finding.Outcome == LogOutcome.Passed).Select(finding => finding.Sentence)],
            StepStatus.Skipped when counting.Length == 0 => [$"only observed: {string.Join("; ", findings.Select(finding => finding.Sentence))}"],
            StepStatus.Skipped => [$"nothing was proven: {string.Join("; ", bad)}"],
            _ => (IEnumerable<string>)[.. bad, .. warnings],
        });
    }

    private sealed class SameObject : IEqualityComparer<ILogSource>
    {
        public bool Equals(ILogSource? x, ILogSource? y) => ReferenceEquals(x, y);

        public int GetHashCode(ILogSource obj) => RuntimeHelpers.GetHashCode(obj);
    }
}

/// <summary>What one check found, in words and as evidence.</summary>
internal sealed record LogFinding(LogCheck Check, LogOutcome Outcome, string Sentence, JsonObject Data, Exception? Failure = null)
{
    public Evidence ToEvidence() => new("log", Check.Role switch
    {
        CheckRole.Degraded => $"{Check.Title} (degraded)",
        CheckRole.Observed => $"{Check.Title} (observed only)",
        _ => Check.Title,
    })
    {
        Data = Data,
    };
}

using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Metrics;

/// <summary>One check and what it answered.</summary>
internal sealed record MetricAnswer(string Check, CheckRole Role, StepResult Result);

/// <summary>Makes one verdict of the answers of all checks. The table is in docs/verdicts.md.</summary>
internal static class MetricsVerdict
{
    // The worst answer decides: "no" before "could not ask" before "could not see".
    private static readonly StepStatus[] Worst = [StepStatus.Failed, StepStatus.Error, StepStatus.Canceled, StepStatus.Inconclusive];

    public static StepResult Of(IReadOnlyList<MetricAnswer> answers, EvidencePolicy policy, TestWindow window)
    {
        List<Evidence> evidence = [.. answers.Select(answer => EvidenceOf(answer, window)), .. answers.SelectMany(answer => answer.Result.Evidence)];
        var blocking = answers.Where(answer => answer.Role == CheckRole.Critical && Blocks(answer.Result, policy)).ToList();
        foreach (var status in Worst)
        {
            if (blocking.FirstOrDefault(answer => answer.Result.Status == status) is { } first)
            {
                return new StepResult
                {
                    Status = status == StepStatus.Canceled ? StepStatus.Inconclusive : status,
                    Message = string.Join("; ", blocking.Where(answer => answer.Result.Status == status).Select(Sentence)),
                    Evidence = evidence,
                    Exception = first.Result.Exception,
                };
            }
        }

        var warnings = answers.Where(answer => answer.Role != CheckRole.Observed && !answer.Result.IsGood).Select(answer => $"warning: {Sentence(answer)}").ToList();
        var proofs = answers.Where(answer => answer.Role != CheckRole.Observed && answer.Result.Status == StepStatus.Succeeded).Select(Sentence).ToList();
        return proofs.Count > 0
            ? StepResult.Succeeded(string.Join("; ", [.. warnings, .. proofs]), evidence)
            : StepResult.Skipped(string.Join("; ", ["nothing was proven", .. warnings])) with { Evidence = evidence };
    }

    /// <summary>Whether the verdict of a check that decides stands against the deployment.</summary>
    internal static bool Blocks(StepResult verdict, EvidencePolicy policy) => verdict.Status switch
    {
        StepStatus.Succeeded or StepStatus.Skipped => false,
        StepStatus.Inconclusive => verdict.Evidence.Count == 0 ? !policy.NoDataWarns : !policy.InconclusiveWarns,
        StepStatus.Error => !policy.ErrorWarns,
        _ => true,
    };

    private static string Sentence(MetricAnswer answer) => $"{answer.Check}: {answer.Result.Message ?? Word(answer.Result.Status)}";

    private static Evidence EvidenceOf(MetricAnswer answer, TestWindow window) => new("verdict", $"{Word(answer.Result.Status)}: {answer.Check}")
    {
        Data = new JsonObject
        {
            ["check"] = answer.Check,
            ["verdict"] = Word(answer.Result.Status),
            ["role"] = answer.Role switch
            {
                CheckRole.Critical => "critical",
                CheckRole.Degraded => "degraded",
                _ => "observed",
            },
            ["why"] = answer.Result.Message,
            ["before"] = window.Before,
            ["from"] = window.From,
            ["until"] = window.Until,
        },
    };

    private static string Word(StepStatus status) => status switch
    {
        StepStatus.Succeeded => "passed",
        StepStatus.Failed => "failed",
        StepStatus.Error => "error",
        StepStatus.Skipped => "skipped",
        StepStatus.Canceled => "ended early",
        _ => "inconclusive",
    };
}

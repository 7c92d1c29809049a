using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Metrics;

/// <summary>One check and what it answered.</summary>
internal sealed record MetricAnswer(string Check, MetricCheckRole Role, StepResult Result);

/// <summary>Makes one verdict of the answers of all checks. The table is in docs/verdicts.md.</summary>
internal static class MetricsVerdict
{
    // The worst answer decides: "no" before "could not ask" before "could not see".
    private static readonly StepStatus[] Worst = [StepStatus.Failed, StepStatus.Error, StepStatus.Canceled, StepStatus.Inconclusive];

    public static StepResult Of(IReadOnlyList<MetricAnswer> answers, MetricsPolicy policy, TestWindow window)
    {
        List<Evidence> evidence = [.. answers.Select(answer => EvidenceOf(answer, window)), .. answers.SelectMany(answer => answer.Result.Evidence)];
        var blocking = answers.Where(answer => answer.Role == MetricCheckRole.Critical && policy.Blocks(answer.Result)).ToList();
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

        var warnings = answers.Where(answer => answer.Role != MetricCheckRole.Observed && !answer.Result.IsGood).Select(answer => $"warning: {Sentence(answer)}").ToList();
        var proofs = answers.Where(answer => answer.Role != MetricCheckRole.Observed && answer.Result.Status == StepStatus.Succeeded).Select(Sentence).ToList();
        return proofs.Count > 0
            ? StepResult.Succeeded(string.Join("; ", [.. warnings, .. proofs]), evidence)
            : StepResult.Skipped(string.Join("; ", ["nothing was proven", .. warnings])) with { Evidence = evidence };
    }

    private static string Sentence(MetricAnswer answer) => $"{answer.Check}: {answer.Result.Message ?? Word(answer.Result.Status)}";

    private static Evidence EvidenceOf(MetricAnswer answer, TestWindow window) => new("verdict", $"{Word(answer.Result.Status)}: {answer.Check}")
    {
        Data = new JsonObject
        {
            ["check"] = answer.Check,
            ["verdict"] = Word(answer.Result.Status),
            ["role"] = answer.Role switch
            {
                MetricCheckRole.Critical => "critical",
                MetricCheckRole.Degraded => "degraded",
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

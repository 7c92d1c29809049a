using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Statistics;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Runs a comparison with its defaults over a deployment of the past.</summary>
internal static class Judge
{
    public static async Task<StepResult> OfAsync(IMetricSource source, string series, DateTimeOffset deployment, TimeSpan length)
    {
        var rules = new ComparisonRules();
        var window = new TestWindow(deployment, deployment, deployment + length);
        var all = await new ComparisonReader(source, series, rules).ReadAsync(window, CancellationToken.None);
        return new ComparisonVerdict(source.Name, series, rules, window).Of(all);
    }
}

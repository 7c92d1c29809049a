using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Statistics.Tests.Regions;

/// <summary>The code of docs/metrics-tests.md; run by MetricsTestsPageTests.</summary>
internal static class MetricsTests
{
    public static void AddAll(DeployPipelineBuilder pipeline, IMetricSource graphite) =>
        // <all>
        pipeline.AddMetricsTest(test => test
            .Heartbeat(graphite, "shop.*.heartbeat", every: TimeSpan.FromSeconds(30))
            .Threshold(graphite, "shop.*.latency", check => check.Percentile(95).AtMost(300).Every(TimeSpan.FromSeconds(30)).FailureLimit(1))
            .Compare(graphite, "shop.*.errors", check => check.IncreaseIsBad().MissingIsZero())
            .Compare(graphite, "shop.orders", check => check.DecreaseIsBad()).Degraded()
            .After(TimeSpan.FromMinutes(10)));

    // </all>
    public static void Heartbeat(MetricsTest test, IMetricSource graphite) =>
        // <heartbeat>
        test.Heartbeat(graphite, "shop.*.heartbeat", every: TimeSpan.FromSeconds(30), missed: 3, hosts: 2, changes: true, lag: TimeSpan.FromMinutes(1));

    // </heartbeat>
    public static void Threshold(MetricsTest test, IMetricSource graphite) =>
        // <threshold>
        test.Threshold(graphite, "shop.*.latency", check => check
            .Percentile(95)
            .AtMost(300).FailAbove(500)
            .Every(TimeSpan.FromSeconds(30)).Times(10)
            .FailureLimit(1).InconclusiveLimit(3).ConsecutiveErrorLimit(4));

    // </threshold>
    public static void Compare(MetricsTest test, IMetricSource graphite) =>
        // <compare>
        test.Compare(graphite, "shop.*.latency", check => check
            .IncreaseIsBad()
            .Tolerate(relative: 0.1, absolute: 5)
            .MinimumEffect(0.65)
            .Pooled());

    // </compare>
    public static void Policies(MetricsTest test, IMetricSource graphite) =>
        // <policies>
        test.Heartbeat(graphite, "shop.*.heartbeat")
            .Compare(graphite, "shop.queue").Degraded()
            .Compare(graphite, "shop.memory").ObserveOnly()
            .ContinueOnNoData();

    // </policies>
    public static MetricsTest FromSettings(SettingsReader settings, IReadOnlyList<ISourceProvider<IMetricSource>> sources)
    {
        // <settings>
        var test = MetricsTest.FromSettings(settings, sources, [new ComparisonProvider(sources)]);
        // </settings>
        return test;
    }

    public static void Retrospective(MetricsTest test, DateTimeOffset began, DateTimeOffset released) =>
        // <past>
        test.Over(new TestWindow(Before: began, From: released, Until: released.AddMinutes(10)));

    // </past>
}

// <check>
/// <summary>Expects the queue to be empty at the end.</summary>
public sealed class EmptyQueue(IMetricSource source) : IMetricCheck
{
    public string Name => $"{source.Name}: the queue is empty at the end";

    public async ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken)
    {
        await TestWindow.WaitAsync(window.Until, context, cancellationToken);
        var series = await source.QueryAsync(new SourceQuery("shop.queue", window.From, window.Until), cancellationToken);
        var queue = series.FirstOrDefault(one => one.Measured().Any());
        if (queue is null)
        {
            return StepResult.Inconclusive("nobody reports the length of the queue");
        }

        var length = queue.Measured().Last().Value;
        var evidence = queue.ToEvidence(source.Name, "shop.queue", window);
        return length == 0 ? StepResult.Succeeded("the queue is empty", evidence) : StepResult.Failed($"{length} entries are left in the queue", evidence);
    }
}

// </check>

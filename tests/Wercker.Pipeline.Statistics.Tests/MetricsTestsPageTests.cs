using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Statistics.Tests.Regions;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Metrics.MetricsRun;

namespace Wercker.Pipeline.Statistics.Tests;

/// <summary>The code and the settings of docs/metrics-tests.md, run.</summary>
public sealed class MetricsTestsPageTests
{
    private static readonly string[] Expressions = ["shop.*.heartbeat", "shop.*.latency", "shop.*.errors", "shop.orders", "shop.queue", "shop.memory"];

    private static FakeMetricSource Graphite(double queue = 0)
    {
        var source = Expressions.Aggregate(
            new FakeMetricSource(), (fake, expression) => fake.Set(expression, Series(expression.Replace("*", "web1", StringComparison.Ordinal), -86400, 3600, 30, second => 100 + (Math.Abs(second) % 7))));
        return source.Set("shop.queue", Series("shop.queue", 0, 3600, 30, _ => queue));
    }

    [Test]
    public async Task All_HealthyApplication_Passes()
    {
        var clock = new FakeTimeProvider(Noon);
        var run = new StepHarness { Services = new PipelineServices { TimeProvider = clock } }.RunAsync(builder => MetricsTests.AddAll(builder, Graphite()));
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.That((await run).Status, Is.EqualTo(StepStatus.Succeeded), (await run).Message);
    }

    [Test]
    public void Fragments_AddTheirChecks()
    {
        var test = new MetricsTest();
        foreach (var add in new Action<MetricsTest, IMetricSource>[] { MetricsTests.Heartbeat, MetricsTests.Threshold, MetricsTests.Compare, MetricsTests.Policies })
        {
            Assert.That(() => add(test, Graphite()), Throws.Nothing);
        }

        Assert.That(() => MetricsTests.Retrospective(test, Noon, Noon.AddMinutes(1)), Throws.Nothing);
    }

    [TestCase(0, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(3, ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> OwnCheck_LengthOfTheQueue_Decides(double queue) => (await RunAsync(test => test.Check(new EmptyQueue(Graphite(queue))))).Status;

    [Test]
    public void Settings_OfThePage_AreRead()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "metrics-tests.md"));
        var settings = JsonNode.Parse(page.Split("```json\n")[1].Split("\n```")[0])!["targets"]!["production"]!["metricsTest"]!.AsObject();

        Assert.That(MetricsTests.FromSettings(new SettingsReader(settings, "wercker.json: targets.production.metricsTest"), [new GraphiteProvider()]), Is.Not.Null);
    }

    private sealed class GraphiteProvider : ISourceProvider<IMetricSource>
    {
        public string Provider => "graphite";

        public IMetricSource Create(SettingsReader settings) => Graphite();
    }
}

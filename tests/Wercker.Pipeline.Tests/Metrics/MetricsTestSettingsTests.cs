using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Metrics;

public sealed class MetricsTestSettingsTests
{
    private const string Source = "\"source\": {\"provider\": \"fake\", \"url\": \"http://graphite\"}";

    private static MetricsTest Read(string json, params IReadOnlyList<ISourceProvider<IMetricCheck>> checks) =>
        MetricsTest.FromSettings(new SettingsReader(JsonNode.Parse(json)!.AsObject(), "wercker.json: targets.live.metricsTest"), [new FakeProvider()], checks);

    [Test]
    public void FromSettings_Everything_IsRead()
    {
        var test = Read($$"""
            {
                "after": "5m", "url": "tcp://graphite:2003", "key": "shop", {{Source}},
                "heartbeat": {"every": "10s", "missed": 5, "hosts": 2, "changes": true, "lag": "20s"},
                "checks": [
                    {"threshold": "shop.latency", "reduce": "p95", "maximum": 300, "failAbove": "500", "interval": "30s", "count": 5, "failureLimit": 1, "role": "degraded"},
                    {"heartbeat": "queue.*.heartbeat", "source": {"provider": "FAKE"}, "role": "observe"}
                ],
                "onNoData": "warn", "onInconclusive": "fail", "onError": "warn"
            }
            """);

        Assert.That(test.Delay, Is.EqualTo(TimeSpan.FromMinutes(5)));
        Assert.That(test.AppUrl, Is.EqualTo(new Uri("tcp://graphite:2003")));
        Assert.That(test.Policy, Is.EqualTo(new EvidencePolicy(true, false, true)));
        Assert.That(test.Checks.Select(one => one.Check.Name), Is.EqualTo(new[]
        {
            "fake at http://graphite: shop.*.heartbeat beats every 10 seconds",
            "fake at http://graphite: 95th percentile of shop.latency at most 300, not above 500",
            "fake at nowhere: queue.*.heartbeat beats every 30 seconds",
        }));
        Assert.That(test.Checks.Select(one => one.Role), Is.EqualTo(new[] { CheckRole.Critical, CheckRole.Degraded, CheckRole.Observed }));
        Assert.That(((HeartbeatCheck)test.Checks[0].Check).Rules, Is.EqualTo(new HeartbeatRules(TimeSpan.FromSeconds(10), 5, 2, true, TimeSpan.FromSeconds(20))));
    }

    [Test]
    public void FromSettings_HeartbeatAsText_IsItsExpression() =>
        Assert.That(Read($$"""{ {{Source}}, "heartbeat": "shop.*.beat" }""").Checks.Single().Check.Name, Does.Contain("shop.*.beat"));

    [Test]
    public void FromSettings_Nothing_HasNoCheck() => Assert.That(Read("{}").Checks, Is.Empty);

    [Test]
    public void FromSettings_CheckOfAnotherKind_GetsItsSettingsWithTheSource()
    {
        var provider = new CheckProvider();
        var test = Read($$"""{ {{Source}}, "checks": [{"compare": "shop.latency", "direction": "increase", "role": "degraded"}] }""", provider);

        Assert.That(test.Checks.Single().Role, Is.EqualTo(CheckRole.Degraded));
        Assert.That(provider.Seen!.Keys, Is.EquivalentTo(new[] { "compare", "direction", "source" }));
        Assert.That(provider.Seen.GetSection("source")!.GetText("url"), Is.EqualTo("http://graphite"));
    }

    [TestCase("""{"afer": "3m"}""", "metricsTest.afer is not known")]
    [TestCase("""{"after": "0"}""", "metricsTest.after must be a duration")]
    [TestCase("""{"heartbeat": "x"}""", "metricsTest.source is missing")]
    [TestCase("""{"source": {"provider": "grafite"}, "heartbeat": "x"}""", "metricsTest.source.provider is 'grafite', which nobody here provides. Known: fake.")]
    [TestCase("""{"source": {"provider": "fake"}, "heartbeat": {}}""", "metricsTest.heartbeat.expression is missing")]
    [TestCase("""{"source": {"provider": "fake"}, "heartbeat": {"expression": "x", "mised": 4}}""", "metricsTest.heartbeat.mised is not known")]
    [TestCase("""{"source": {"provider": "fake"}, "after": "1m", "heartbeat": "x"}""", "metricsTest: The metrics test looks at 60 seconds")]
    [TestCase("""{"source": {"provider": "fake"}, "checks": [{"treshold": "x"}]}""", "metricsTest.checks[0] must have one of these keys")]
    [TestCase("""{"source": {"provider": "fake"}, "checks": [{"threshold": "x"}]}""", "metricsTest.checks[0]: The threshold of x is impossible: it has no limit")]
    [TestCase("""{"source": {"provider": "fake"}, "checks": [{"threshold": "x", "maximum": 1, "failureLimit": 3}]}""", "without a good one")]
    [TestCase("""{"source": {"provider": "fake"}, "checks": [{"threshold": "x", "maximum": 1, "reduce": "p101"}]}""", "metricsTest.checks[0].reduce is 'p101'")]
    [TestCase("""{"source": {"provider": "fake"}, "checks": [{"threshold": "x", "maximum": 1, "role": "loud"}]}""", "metricsTest.checks[0].role is 'loud'")]
    [TestCase("""{"checks": [{"threshold": "x", "maximum": 1}]}""", "metricsTest.checks[0].source is missing")]
    [TestCase("""{"onNoData": "pass"}""", "metricsTest.onNoData is 'pass'")]
    [TestCase("""{"url": "tcp://graphite:2003"}""", "metricsTest.key is missing")]
    [TestCase("""{"url": "graphite", "key": "shop"}""", "metricsTest.url must be an address")]
    [TestCase("""{"key": "shop live"}""", "metricsTest: The metrics key 'shop live'")]
    public void FromSettings_Wrong_IsRefusedWithItsPlace(string json, string message) =>
        Assert.That(() => Read(json), Throws.TypeOf<ConfigurationException>().With.Message.Contains(message).And.Message.StartsWith("wercker.json: targets.live.metricsTest"));

    [Test]
    public void FromSettings_InAFlow_IsWhatTheFlowAsks()
    {
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(new FakeTarget())
            .AddWerckerFlow(flow => flow.MetricsTest(Read($$"""{ {{Source}}, "key": "shop", "heartbeat": {} }"""))).Build();

        var forecast = pipeline.Plan(new DeployRequest("shop", "1")).Steps.Single(step => step.Name == "MetricsTest");
        Assert.That(forecast.Description, Is.EqualTo("after 3 minutes ask fake at http://graphite: shop.*.heartbeat beats every 30 seconds"));
    }

    private sealed class FakeProvider : ISourceProvider<IMetricSource>
    {
        public string Provider => "fake";

        public IMetricSource Create(SettingsReader settings) => new FakeMetricSource($"fake at {settings.GetText("url") ?? "nowhere"}");
    }

    private sealed class CheckProvider : ISourceProvider<IMetricCheck>
    {
        public SettingsReader? Seen { get; private set; }

        public string Provider => "compare";

        public IMetricCheck Create(SettingsReader settings)
        {
            Seen = settings;
            return Moq.Mock.Of<IMetricCheck>(check => check.Name == "compares");
        }
    }
}

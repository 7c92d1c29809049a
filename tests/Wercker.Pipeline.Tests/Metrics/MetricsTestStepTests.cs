using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Metrics.MetricsRun;

namespace Wercker.Pipeline.Tests.Metrics;

public sealed class MetricsTestStepTests
{
    private static readonly Evidence Seen = new("metric", "something") { Text = "1" };

    private static StepResult Answer(string word) => word switch
    {
        "passed" => StepResult.Succeeded("fine", Seen),
        "unproven" => StepResult.Succeeded("fine"),
        "failed" => StepResult.Failed("bad", Seen),
        "inconclusive" => StepResult.Inconclusive("too little", Seen),
        "no data" => StepResult.Inconclusive("nothing"),
        "skipped" => StepResult.Skipped("no need"),
        _ => throw new HttpRequestException("503"),
    };

    private static MetricsTest Add(MetricsTest test, string word) => word.Split(' ', 2) switch
    {
        ["degraded:", var answer] => test.Check(new Fixed(answer)).Degraded(),
        ["observed:", var answer] => test.Check(new Fixed(answer)).ObserveOnly(),
        _ => test.Check(new Fixed(word)),
    };

    private static void AddAll(MetricsTest test, string answers)
    {
        foreach (var answer in answers.Split('|'))
        {
            Add(test, answer);
        }
    }

    // The second table of docs/verdicts.md.
    [TestCase("passed", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("passed|failed", ExpectedResult = StepStatus.Failed)]
    [TestCase("passed|inconclusive", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("passed|no data", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("passed|error", ExpectedResult = StepStatus.Error)]
    [TestCase("passed|unproven", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("passed|skipped", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("skipped", ExpectedResult = StepStatus.Skipped)]
    [TestCase("inconclusive|error", ExpectedResult = StepStatus.Error)]
    [TestCase("inconclusive|error|failed", ExpectedResult = StepStatus.Failed)]
    [TestCase("passed|degraded: failed", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("passed|degraded: error", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("passed|degraded: no data", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("degraded: passed", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("degraded: failed", ExpectedResult = StepStatus.Skipped)]
    [TestCase("degraded: no data", ExpectedResult = StepStatus.Skipped)]
    [TestCase("passed|observed: failed", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("observed: passed", ExpectedResult = StepStatus.Skipped)]
    [TestCase("observed: failed", ExpectedResult = StepStatus.Skipped)]
    [TestCase("failed|observed: passed", ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> Checks_Together_MakeOneVerdict(string answers) =>
        (await RunAsync(test => AddAll(test, answers))).Status;

    [TestCase("no data", "no data", ExpectedResult = StepStatus.Skipped)]
    [TestCase("no data", "inconclusive", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("inconclusive", "inconclusive", ExpectedResult = StepStatus.Skipped)]
    [TestCase("inconclusive", "no data", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("error", "error", ExpectedResult = StepStatus.Skipped)]
    [TestCase("error", "failed", ExpectedResult = StepStatus.Failed)]
    [TestCase("error", "error|passed", ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Policy_LetsPass_OnlyWhatItNames(string warnOn, string answers) => (await RunAsync(test =>
    {
        _ = warnOn switch
        {
            "no data" => test.ContinueOnNoData(),
            "inconclusive" => test.ContinueOnInconclusive(),
            _ => test.ContinueOnError(),
        };
        AddAll(test, answers);
    })).Status;

    [Test]
    public async Task Verdict_Warning_IsSaidAndEveryCheckIsInTheEvidence()
    {
        var report = await RunAsync(test => Add(Add(test, "degraded: failed"), "passed"));

        Assert.That(report.Message, Does.Contain("warning: failed check: bad").And.Contain("passed check: fine"));
        Assert.That(report.Evidence.Where(one => one.Kind == "verdict").Select(one => (string?)one.Data!["role"]), Is.EqualTo(new[] { "degraded", "critical" }));
    }

    [Test]
    public async Task Checks_OneFails_EndsTheOthers()
    {
        var clock = new FakeTimeProvider(Noon);
        var report = await RunAsync(
            test => test.Check(new Fixed("failed")).Heartbeat(new FakeMetricSource(), "shop.*.heartbeat").After(TimeSpan.FromHours(1)), clock);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(clock.GetUtcNow(), Is.LessThan(Noon.AddMinutes(30)));
        Assert.That(report.Evidence, Has.Some.Property("Title").StartsWith("ended early: fake metrics"));
    }

    [Test]
    public async Task Test_CanceledBeforeTheFirstMeasurement_IsCanceledAndNoSuccess()
    {
        using var cancel = new CancellationTokenSource();
        var run = RunAsync(
            test =>
            {
                test.Threshold(new FakeMetricSource(), "x", check => check.AtMost(1)).ContinueOnNoData().ContinueOnInconclusive().ContinueOnError();
                test.Check(new Canceling(cancel)).Degraded();
            },
            cancel.Token);

        Assert.That((await run).Status, Is.EqualTo(StepStatus.Canceled));
    }

    [Test]
    public async Task Over_WindowOfThePast_IsJudgedWithoutWaiting()
    {
        var clock = new FakeTimeProvider(Noon.AddHours(5));
        var report = await RunAsync(
            test => test.Heartbeat(new FakeMetricSource().Set("x", Beats("web1")), "x").Over(new TestWindow(Noon, Noon.AddSeconds(10), Noon.AddMinutes(3))), clock);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(clock.GetUtcNow(), Is.LessThan(Noon.AddHours(5).AddMinutes(1)));
    }

    [Test]
    public void Role_WithoutACheck_IsRefused()
    {
        Assert.That(() => new MetricsTest().Degraded(), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new MetricsTest().ObserveOnly(), Throws.TypeOf<ConfigurationException>());
    }

    [Test]
    public async Task SendTo_UrlAndKey_AreInTheEnvironmentOfTheDeployment()
    {
        DeployEnvironment? seen = null;
        var builder = new DeployPipelineBuilder("shop")
            .AddMetricsTest(test => test.SendTo(new Uri("tcp://graphite.example.com:2003"), "shop-live"))
            .AddStep("look", (context, _) =>
            {
                seen = context.Environment;
                return new(StepResult.Succeeded());
            });
        await builder.Build().DeployAsync(new DeployRequest("shop", "1"));

        Assert.That(seen!.ToListing(), Does.ContainKey("WERCKER_METRICS_URL").WithValue("tcp://graphite.example.com:2003").And.ContainKey("WERCKER_METRICS_KEY").WithValue("shop-live"));
    }

    [TestCase("shop live")]
    [TestCase(".shop")]
    [TestCase("shop..live")]
    [TestCase("shop.*")]
    public void SendTo_KeyThatBeginsNoName_IsRefused(string key) => Assert.That(() => new MetricsTest().SendTo(null, key), Throws.TypeOf<ConfigurationException>());

    private sealed class Fixed(string word) : IMetricCheck
    {
        public string Name => $"{word} check";

        public ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken) => new(Answer(word));
    }

    private sealed class Canceling(CancellationTokenSource source) : IMetricCheck
    {
        public string Name => "cancels";

        public async ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken)
        {
            await source.CancelAsync();
            return StepResult.Succeeded("done", Seen);
        }
    }
}

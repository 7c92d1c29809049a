using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Metrics.MetricsRun;

namespace Wercker.Pipeline.Statistics.Tests;

public sealed class ComparisonTests
{
    private const string Expression = "shop.*.latency";
    private const double Quarter = 900;

    private static double Noise(double second) => (Math.Abs(second * 7919) % 101 / 101) - 0.5;

    private static MetricSeries Latency(Func<double, double?> after, string name = "shop.web1.latency", double from = -86400) =>
        Series(name, from, 3600, 30, second => second < 0 ? 100 + (10 * Noise(second)) : after(second));

    private static Task<StepReport> JudgeAsync(Action<ComparisonCheck>? configure, params MetricSeries[] series) => RunAsync(
        test => test.Compare(new FakeMetricSource().Set(Expression, series), Expression, configure).After(TimeSpan.FromSeconds(Quarter)), new FakeTimeProvider(Noon));

    [Test]
    public async Task Compare_Unchanged_PassesWithBothWindowsAsEvidence()
    {
        var report = await JudgeAsync(null, Latency(second => 100 + (10 * Noise(second))));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        var data = report.Evidence.Single(one => one.Kind == "metric").Data!;
        Assert.That(data["points"]!.AsArray(), Has.Count.EqualTo(30));
        Assert.That(data["baseline"]!.AsArray(), Has.Count.EqualTo(30));
        Assert.That(data["window"]!["before"]!.GetValue<long>(), Is.EqualTo(Noon.ToUnixTimeSeconds()));
    }

    [Test]
    public async Task Compare_LevelRises_FailsWithASentenceThatSaysWhy()
    {
        var report = await JudgeAsync(null, Latency(second => 300 + (10 * Noise(second))));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Match(@"shop\.web1\.latency rose from \d+(\.\d+)? to \d+(\.\d+)?, by (199|200).* \(at least 19\d.* with 98 % confidence, 9\.9.* is allowed; 100 % of the values are larger, p = .*\), more than ever in \d+ windows before"));
    }

    [TestCase("either", 300, ExpectedResult = StepStatus.Failed)]
    [TestCase("either", 20, ExpectedResult = StepStatus.Failed)]
    [TestCase("increase", 300, ExpectedResult = StepStatus.Failed)]
    [TestCase("increase", 20, ExpectedResult = StepStatus.Succeeded)]
    [TestCase("decrease", 300, ExpectedResult = StepStatus.Succeeded)]
    [TestCase("decrease", 20, ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> Direction_OfTheChange_Decides(string bad, double level) => (await JudgeAsync(
        check => _ = bad switch
        {
            "increase" => check.IncreaseIsBad(),
            "decrease" => check.DecreaseIsBad(),
            _ => check,
        },
        Latency(second => level + (10 * Noise(second))))).Status;

    [TestCase(0.1, 0, ExpectedResult = StepStatus.Failed)]
    [TestCase(5, 0, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(0, 1000, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Tolerate_TheChange_LetsItPass(double relative, double absolute) =>
        (await JudgeAsync(check => check.Tolerate(relative, absolute), Latency(second => 300 + (10 * Noise(second))))).Status;

    private static IEnumerable<TestCaseData> Shapes()
    {
        static TestCaseData Case(Func<double, double?> after, string why) => new TestCaseData(after, why).SetArgDisplayNames(why);
        yield return Case(second => second is 450 ? 500 : 100 + (10 * Noise(second)), "has a largest");
        yield return Case(second => 100 + (60 * Noise(second)), "has a ");
        yield return Case(second => second is 450 ? 0 : 100 + (10 * Noise(second)), "has a ");
        yield return Case(_ => 0, "stands still at 0");
        yield return Case(second => 100 + second, "rose from");
    }

    [TestCaseSource(nameof(Shapes))]
    public async Task Compare_WindowUnlikeAllOfBefore_Fails(Func<double, double?> after, string why)
    {
        var report = await JudgeAsync(null, Latency(after));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed), report.Message);
        Assert.That(report.Message, Does.Contain(why));
    }

    [Test]
    public async Task LevelOnly_Spike_Passes() =>
        Assert.That((await JudgeAsync(check => check.LevelOnly(), Latency(second => second is 450 ? 500 : 100 + (10 * Noise(second))))).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task Compare_RiseThatComesEveryDay_Passes()
    {
        // High from noon to one, every day.
        static double? Daily(double second) => (((second % 86400) + 86400) % 86400 < 3600 ? 300 : 100) + (10 * Noise(second));
        var series = Series("shop.web1.latency", -8 * 86400, 3600, 30, Daily);

        Assert.That((await JudgeAsync(null, series)).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That((await JudgeAsync(check => check.WithLastWeek(), series)).Status, Is.EqualTo(StepStatus.Succeeded));
    }

    [Test]
    public async Task Compare_RiseThatComesEveryDayIsMissing_Fails()
    {
        // High from eleven to one, every day but this one.
        static double? Daily(double second) => (second < 0 && (((second + 3600) % 86400) + 86400) % 86400 < 7200 ? 300 : 100) + (10 * Noise(second));

        Assert.That((await JudgeAsync(null, Series("shop.web1.latency", -8 * 86400, 3600, 30, Daily))).Message, Does.Contain("around the same hour"));
    }

    [Test]
    public async Task Compare_AnIncidentOfBefore_DoesNotHideTheNextOne()
    {
        // Half a day ago the latency was ten times as high for half an hour.
        static double? Incident(double second) => (second is > -43200 and < -41400 ? 1000 : second >= 0 ? 400 : 100) + (10 * Noise(second));

        var report = await JudgeAsync(null, Series("shop.web1.latency", -86400, 3600, 30, Incident));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed), report.Message);
        Assert.That(report.Message, Does.Match(@"more than in all but \d+ of \d+ windows before"));
    }

    [Test]
    public async Task Compare_IncidentThatHadBegunBefore_IsNotBlamedOnTheDeployment()
    {
        static double? Incident(double second) => (second is > -1800 ? 1000 : 100) + (10 * Noise(second));

        Assert.That((await JudgeAsync(null, Series("shop.web1.latency", -86400, 3600, 30, Incident))).Status, Is.EqualTo(StepStatus.Succeeded));
    }

    [TestCase(300, ExpectedResult = StepStatus.Failed)]
    [TestCase(120, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Compare_NoHistory_JudgesTheLevelWithAWiderTolerance(double level) =>
        (await JudgeAsync(null, Latency(second => level + (10 * Noise(second)), from: -Quarter))).Status;

    [Test]
    public async Task Compare_NothingAfterwards_IsInconclusiveAndNeverAPass()
    {
        var report = await JudgeAsync(null, Latency(_ => null));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Inconclusive));
        Assert.That(report.Message, Does.Contain("shop.web1.latency has no data since the deployment"));
    }

    [Test]
    public async Task Compare_NothingAtAll_IsInconclusive()
    {
        Assert.That((await JudgeAsync(null)).Status, Is.EqualTo(StepStatus.Inconclusive));
        Assert.That((await JudgeAsync(check => check.MissingIsZero(), Series("dead", -86400, 3600, 30, _ => null))).Status, Is.EqualTo(StepStatus.Inconclusive));
    }

    [Test]
    public async Task Compare_MostPointsMissing_IsInconclusive() =>
        Assert.That((await JudgeAsync(null, Latency(second => second < 210 ? 100 + (10 * Noise(second)) : null))).Message, Does.Contain("has 7 of 30 points"));

    [Test]
    public async Task Compare_OneSeriesIsNewAndOneIsDead_JudgesTheOthers()
    {
        var report = await JudgeAsync(
            null, Latency(second => 100 + (10 * Noise(second))), Latency(_ => 5, "new", from: 0), Series("dead", -86400, 3600, 30, _ => null));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(report.Message, Does.Contain("1 series is as before, 1 are new"));
    }

    [TestCase(false, ExpectedResult = StepStatus.Inconclusive)]
    [TestCase(true, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Pooled_HostsWithNewNames_AreCompared(bool pooled) => (await JudgeAsync(
        check => _ = pooled ? check.Pooled() : check,
        Series("old", -86400, 0, 30, second => 100 + (10 * Noise(second))),
        Series("new", 0, 3600, 30, second => 100 + (10 * Noise(second))))).Status;

    [Test]
    public async Task MissingIsZero_CounterThatIsUsuallySilent_IsJudgedAsZero() => Assert.That(
        (await JudgeAsync(
            check => check.MissingIsZero().IncreaseIsBad(),
            Series("shop.errors", -86400, 3600, 30, second => second < 0 ? (Noise(second) > 0.48 ? 1 : null) : 20))).Status,
        Is.EqualTo(StepStatus.Failed));

    [Test]
    public async Task Compare_SourceCannotSee_IsAnError() => Assert.That(
        (await RunAsync(test => test.Compare(new FakeMetricSource { Failure = new HttpRequestException("502") }, Expression))).Status, Is.EqualTo(StepStatus.Error));

    [TestCase(-1, 0.98, 0.65, 5)]
    [TestCase(0.1, 1, 0.65, 5)]
    [TestCase(0.1, 0.98, 0.4, 5)]
    [TestCase(0.1, 0.98, 0.65, 1)]
    public void Settings_Impossible_AreRefused(double tolerance, double confidence, double effect, int points) => Assert.That(
        () => new MetricsTest().Compare(new FakeMetricSource(), Expression, check => check.Tolerate(tolerance).Confidence(confidence).MinimumEffect(effect).MinimumPoints(points)),
        Throws.TypeOf<ConfigurationException>());

    [Test]
    public void FromSettings_Comparison_IsRead()
    {
        var test = Read("""{"source": {"provider": "fake"}, "checks": [{"compare": "shop.latency", "direction": "increase", "tolerance": "0.2", "history": 48, "pooled": true, "role": "degraded"}]}""");

        Assert.That(test, Is.Not.Null);
    }

    [TestCase("""{"compare": "x", "direction": "up"}""", "checks[0].direction is 'up'")]
    [TestCase("""{"compare": "x", "confidence": 2}""", "checks[0]: The comparison of x is impossible: its confidence is 2")]
    [TestCase("""{"compare": "x", "tolerence": 2}""", "checks[0].tolerence is not known")]
    public void FromSettings_WrongComparison_IsRefusedWithItsPlace(string check, string message) =>
        Assert.That(() => Read($$"""{"source": {"provider": "fake"}, "checks": [{{check}}]}"""), Throws.TypeOf<ConfigurationException>().With.Message.Contains(message));

    private static MetricsTest Read(string json)
    {
        ISourceProvider<IMetricSource>[] sources = [new FakeProvider()];
        return MetricsTest.FromSettings(new SettingsReader(JsonNode.Parse(json)!.AsObject(), "wercker.json: targets.live.metricsTest"), sources, [new ComparisonProvider(sources)]);
    }

    private sealed class FakeProvider : ISourceProvider<IMetricSource>
    {
        public string Provider => "fake";

        public IMetricSource Create(SettingsReader settings) => new FakeMetricSource();
    }
}

using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Metrics.MetricsRun;

namespace Wercker.Pipeline.Tests.Metrics;

public sealed class HeartbeatTests
{
    private const string Expression = "shop.*.heartbeat";

    private static Task<StepReport> JudgeAsync(params MetricSeries[] series) => RunAsync(test => test.Heartbeat(Source(series), Expression));

    private static FakeMetricSource Source(params MetricSeries[] series) => new FakeMetricSource().Set(Expression, series);

    [Test]
    public async Task Heartbeat_EveryHostBeats_PassesWithItsPointsAsEvidence()
    {
        var report = await JudgeAsync(Beats("web1"), Beats("web2"));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(report.Message, Does.Contain("2 hosts beat until the end"));
        var metrics = report.Evidence.Where(one => one.Kind == "metric").ToList();
        Assert.That(metrics, Has.Count.EqualTo(2));
        Assert.That(metrics[0].Data!["points"]!.AsArray(), Has.Count.EqualTo(6));
        Assert.That(metrics[0].Data!["baseline"]!.AsArray(), Has.Count.EqualTo(6));
        Assert.That(metrics[0].Data!["window"]!["from"]!.GetValue<long>(), Is.EqualTo(Noon.ToUnixTimeSeconds()));
        Assert.That(metrics[0].Data!["window"]!["until"]!.GetValue<long>(), Is.EqualTo(Noon.AddMinutes(3).ToUnixTimeSeconds()));
    }

    [Test]
    public async Task Heartbeat_FirstDeployment_NeedsNoHostsOfBefore() =>
        Assert.That((await JudgeAsync(Beats("web1", from: 5))).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task Heartbeat_Stops_FailsWithTheTime()
    {
        var report = await JudgeAsync(Beats("web1"), Beats("web2", until: 61));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("shop.web2.heartbeat stopped beating at 12:01:00").And.Not.Contain("web1.heartbeat stopped"));
    }

    [Test]
    public async Task Heartbeat_OneOfFiveHostsIsGone_FailsAndNamesIt()
    {
        var report = await JudgeAsync([Beats("web5", until: 0), .. Enumerable.Range(1, 4).Select(i => Beats($"web{i}"))]);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("4 hosts of 5 are well").And.Contain("shop.web5.heartbeat"));
    }

    [Test]
    public async Task Heartbeat_NeverWithTheNewVersion_Fails()
    {
        var report = await JudgeAsync(Beats("web1", until: 0));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("no host beat with the new version; 1 host beat before"));
    }

    [Test]
    public async Task Heartbeat_NewHostsTakeOver_PassesAlthoughTheNamesChanged()
    {
        var report = await JudgeAsync(Beats("a1", until: 20), Beats("a2", until: 20), Beats("b1", from: 10), Beats("b2", from: 10));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(report.Message, Does.Contain("2 hosts beat until the end, 2 hosts of the old version ended"));
    }

    [Test]
    public async Task Heartbeat_NewHostCrashesWhileEnoughOthersBeat_Fails() =>
        Assert.That((await JudgeAsync(Beats("web1"), Beats("new", from: 10, until: 40))).Status, Is.EqualTo(StepStatus.Failed));

    [Test]
    public async Task Heartbeat_HostThatWasGoneBeforeTheDeployment_IsNotMissed() =>
        Assert.That((await JudgeAsync(Beats("web1"), Beats("retired", until: -150))).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task Heartbeat_SilentInBetween_Fails()
    {
        var gap = Beats("web1") with { Points = [.. Beats("web1").Points.Where(point => point.At < Noon.AddSeconds(10) || point.At > Noon.AddSeconds(115))] };

        Assert.That((await JudgeAsync(gap)).Message, Does.Contain("was silent from 12:00:00 to 12:02:00"));
    }

    [TestCase(4, ExpectedResult = StepStatus.Failed)]
    [TestCase(3, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Heartbeat_ExpectedNumberOfHosts_Decides(int hosts) =>
        (await RunAsync(test => test.Heartbeat(Source(Beats("a"), Beats("b"), Beats("c")), Expression, hosts: hosts))).Status;

    [TestCase(null, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(true, ExpectedResult = StepStatus.Failed)]
    [TestCase(false, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Heartbeat_ConstantOne_IsFrozenOnlyWhenChangeIsExpected(bool? changes) =>
        (await RunAsync(test => test.Heartbeat(Source(Beats("a")), Expression, changes: changes))).Status;

    [TestCase(null, ExpectedResult = StepStatus.Failed)]
    [TestCase(true, ExpectedResult = StepStatus.Failed)]
    [TestCase(false, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Heartbeat_CounterStandsStill_IsFrozen(bool? changes) =>
        (await RunAsync(test => test.Heartbeat(Source(Series("shop.a.heartbeat", -300, 300, 30, second => Math.Min(second, 30))), Expression, changes: changes))).Status;

    [Test]
    public async Task Heartbeat_NewCounterCountsUp_Passes() =>
        Assert.That(
            (await RunAsync(test => test.Heartbeat(Source(Series("shop.a.heartbeat", -300, 300, 30, second => second < 0 ? 900 + second : second)), Expression, changes: true))).Status,
            Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task Heartbeat_PointsArriveLate_AreWaitedFor()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Noon);
        var source = new LateSource(clock, TimeSpan.FromSeconds(110), Beats("web1"));

        Assert.That((await RunAsync(test => test.Heartbeat(source, Expression, lag: TimeSpan.FromSeconds(60)), clock)).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(clock.GetUtcNow(), Is.GreaterThanOrEqualTo(Noon.AddSeconds(240)));
    }

    [Test]
    public async Task Heartbeat_PointsWithoutValue_AreNoBeats()
    {
        var empty = Series("shop.web1.heartbeat", -300, 300, 10, _ => null);

        Assert.That((await JudgeAsync(empty)).Status, Is.EqualTo(StepStatus.Inconclusive));
    }

    [Test]
    public async Task Heartbeat_UnfinishedLastBucket_IsNoSilence() =>
        Assert.That((await JudgeAsync(Series("shop.web1.heartbeat", -300, 300, 60, second => second < 120 ? 2 : null))).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task Heartbeat_PointsTooCoarseForTheWindow_IsInconclusive()
    {
        var report = await JudgeAsync(Series("shop.web1.heartbeat", -600, 300, 120, _ => 4));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Inconclusive));
        Assert.That(report.Message, Does.Contain("a point every 2 minutes"));
    }

    [Test]
    public async Task Heartbeat_SourceCannotSee_IsAnError() =>
        Assert.That(
            await RunAsync(test => test.Heartbeat(new FakeMetricSource { Failure = new HttpRequestException("401 from graphite") }, Expression)),
            Has.Property("Status").EqualTo(StepStatus.Error).And.Property("Message").Contains("401 from graphite"));

    [Test]
    public void Heartbeat_WindowTooShortToNoticeSilence_IsRefused() =>
        Assert.That(
            () => new DeployPipelineBuilder("shop").AddMetricsTest(test => test.Heartbeat(Source(), Expression).After(TimeSpan.FromMinutes(1))).Build(),
            Throws.TypeOf<ConfigurationException>().With.Message.Contains("1.5 minutes").Or.Message.Contains("90 seconds"));

    [TestCase(0, 1, 0)]
    [TestCase(3, 0, 0)]
    [TestCase(3, 1, -1)]
    public void Heartbeat_NumberOutOfRange_IsRefused(int missed, int hosts, int lag) =>
        Assert.That(
            () => new MetricsTest().Heartbeat(Source(), Expression, missed: missed, hosts: hosts, lag: TimeSpan.FromSeconds(lag)),
            Throws.TypeOf<ConfigurationException>());

    /// <summary>Shows points only some time after their own.</summary>
    private sealed class LateSource(TimeProvider clock, TimeSpan lag, MetricSeries series) : IMetricSource
    {
        public string Name => "late";

        public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken) => new(
        [
            series with { Points = [.. series.Points.Where(point => point.At >= query.From && point.At < query.Until && point.At + lag <= clock.GetUtcNow())] },
        ]);
    }
}

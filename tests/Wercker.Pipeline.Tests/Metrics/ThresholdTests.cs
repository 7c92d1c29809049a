using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Metrics.MetricsRun;

namespace Wercker.Pipeline.Tests.Metrics;

public sealed class ThresholdTests
{
    private const string Expression = "shop.latency";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private static Task<StepReport> JudgeAsync(Func<double, double?> value, Action<ThresholdCheck> configure) =>
        JudgeAsync(new FakeMetricSource().Set(Expression, Series(Expression, -600, 3600, 10, value)), configure);

    private static Task<StepReport> JudgeAsync(IMetricSource source, Action<ThresholdCheck> configure) => RunAsync(test => test.Threshold(source, Expression, configure));

    private static IEnumerable<TestCaseData> Reducers()
    {
        static TestCaseData Case(Action<ThresholdCheck> reduce, double expected, string name) => new TestCaseData(reduce, expected).SetArgDisplayNames(name);
        yield return Case(check => check.Average(), 85, "average");
        yield return Case(check => check.Maximum(), 170, "maximum");
        yield return Case(check => check.Minimum(), 0, "minimum");
        yield return Case(check => check.Sum(), 1530, "sum");
        yield return Case(check => check.Last(), 170, "last");
        yield return Case(check => check.Count(), 18, "count");
        yield return Case(check => check.Percentile(95), 161.5, "p95");
        yield return Case(check => check.Percentile(0), 0, "p0");
        yield return Case(check => check.Percentile(100), 170, "p100");
    }

    [TestCaseSource(nameof(Reducers))]
    public async Task Reduce_SecondsSinceTheDeployment_IsExactlyThis(Action<ThresholdCheck> reduce, double expected)
    {
        var report = await JudgeAsync(second => second, check =>
        {
            reduce(check);
            check.Between(expected - 1e-9, expected + 1e-9);
        });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        var evidence = report.Evidence.Single(one => one.Kind == "metric");
        Assert.That(evidence.Data!["points"]![0]![1]!.GetValue<double>(), Is.EqualTo(expected).Within(1e-9));
        Assert.That(evidence.Data!["limits"]!["maximum"]!.GetValue<double>(), Is.EqualTo(expected + 1e-9));
    }

    [TestCase(100, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(300, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(301, ExpectedResult = StepStatus.Inconclusive)]
    [TestCase(500, ExpectedResult = StepStatus.Inconclusive)]
    [TestCase(501, ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> Limits_GoodAndBad_LeaveABandBetween(double value) => (await JudgeAsync(_ => value, check => check.AtMost(300).FailAbove(500))).Status;

    [TestCase(10, ExpectedResult = StepStatus.Failed)]
    [TestCase(20, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> Limits_OnlyBad_PassesTheRest(double value) => (await JudgeAsync(_ => value, check => check.FailBelow(20))).Status;

    [Test]
    public async Task Threshold_WorstSeries_Decides()
    {
        var source = new FakeMetricSource().Set(Expression, Series("good", 0, 600, 10, _ => 1), Series("bad", 0, 600, 10, _ => 9), Series("gone", 0, 600, 10, _ => null));
        var report = await JudgeAsync(source, check => check.AtMost(5));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("the average of bad is 9"));
        Assert.That(report.Evidence.First(one => one.Kind == "metric").Title, Does.EndWith(": bad"));
    }

    [Test]
    public async Task Threshold_ValuesOfBefore_AreNotMeasured() =>
        Assert.That((await JudgeAsync(second => second < 0 ? 1000 : 1, check => check.Maximum().AtMost(5).Every(Interval).Over(TimeSpan.FromMinutes(10)))).Status, Is.EqualTo(StepStatus.Succeeded));

    [TestCase(1)]
    [TestCase(null)]
    public async Task Threshold_NoData_IsInconclusiveForEveryReducer(int? points)
    {
        foreach (var reduce in new Action<ThresholdCheck>[] { check => check.Average(), check => check.Sum(), check => check.Count(), check => check.Maximum() })
        {
            var source = points is null ? new FakeMetricSource() : new FakeMetricSource().Set(Expression, Series(Expression, 0, 600, 10, _ => null));
            var report = await JudgeAsync(source, check =>
            {
                reduce(check);
                check.AtMost(5);
            });

            Assert.That(report.Status, Is.EqualTo(StepStatus.Inconclusive));
            Assert.That(report.Message, Does.Contain("no data"));
        }
    }

    [Test]
    public async Task Threshold_NotANumber_IsNoData() => Assert.That((await JudgeAsync(_ => double.NaN, check => check.AtMost(5))).Status, Is.EqualTo(StepStatus.Inconclusive));

    [TestCase(18, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(19, ExpectedResult = StepStatus.Inconclusive)]
    public async Task<StepStatus> MinimumPoints_Fewer_IsInconclusive(int points) => (await JudgeAsync(_ => 1, check => check.AtMost(5).MinimumPoints(points))).Status;

    [TestCase(0, ExpectedResult = StepStatus.Failed)]
    [TestCase(1, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> FailureLimit_OneOfFourFails_Decides(int limit) =>
        (await JudgeAsync(second => second is >= 30 and < 60 ? 9 : 1, check => check.AtMost(5).Every(Interval).Times(4).FailureLimit(limit))).Status;

    [Test]
    public async Task Times_IsReached_EndsBeforeTheWindow()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Noon);
        var source = new FakeMetricSource().Set(Expression, Series(Expression, 0, 600, 10, _ => 1));
        await RunAsync(test => test.Threshold(source, Expression, check => check.AtMost(5).Every(Interval).Times(2).InitialDelay(TimeSpan.FromSeconds(15))), clock);

        Assert.That(source.Queries.Select(query => ((query.From - Noon).TotalSeconds, (query.Until - Noon).TotalSeconds)), Is.EqualTo(new[] { (15.0, 45.0), (45, 75) }));
        Assert.That(clock.GetUtcNow(), Is.LessThan(Noon.AddSeconds(100)));
    }

    [Test]
    public async Task Every_WithoutTimes_MeasuresUntilTheWindowIsOver()
    {
        var source = new FakeMetricSource().Set(Expression, Series(Expression, 0, 600, 10, _ => 1));
        var report = await JudgeAsync(source, check => check.AtMost(5).Every(Interval));

        Assert.That(source.Queries, Has.Count.EqualTo(6));
        Assert.That(report.Message, Does.Contain("6 of 6 measurements passed"));
    }

    [TestCase(60, 60, 180)]
    [TestCase(180, 180, 360)]
    [TestCase(300, 300, 480)]
    public async Task InitialDelay_OneMeasurement_LeavesOutTheBeginning(double delay, double from, double until)
    {
        var source = new FakeMetricSource().Set(Expression, Series(Expression, 0, 900, 10, _ => 1));
        await JudgeAsync(source, check => check.AtMost(5).InitialDelay(TimeSpan.FromSeconds(delay)));

        Assert.That(source.Queries.Select(query => ((query.From - Noon).TotalSeconds, (query.Until - Noon).TotalSeconds)), Is.EqualTo(new[] { (from, until) }));
    }

    [Test]
    public async Task Lag_PointsArriveLate_IsWaitedFor()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Noon);
        await RunAsync(
            test => test.Threshold(new FakeMetricSource().Set(Expression, Series(Expression, 0, 600, 10, _ => 1)), Expression, check => check.AtMost(5).Lag(TimeSpan.FromMinutes(1))), clock);

        Assert.That(clock.GetUtcNow(), Is.GreaterThanOrEqualTo(Noon.AddMinutes(4)));
    }

    [TestCase(4, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(5, ExpectedResult = StepStatus.Error)]
    public async Task<StepStatus> ConsecutiveErrors_MoreThanTheLimit_IsAnError(int errors)
    {
        var source = new FailingSource(errors, new FakeMetricSource().Set(Expression, Series(Expression, 0, 600, 10, _ => 1)));
        return (await JudgeAsync(source, check => check.AtMost(5))).Status;
    }

    [Test]
    public async Task ConsecutiveSuccessLimit_IsReached_PassesEarly()
    {
        var report = await JudgeAsync(second => second < 60 ? 9 : 1, check => check.AtMost(5).Every(Interval).Times(10).FailureLimit(5).ConsecutiveSuccessLimit(3));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(report.Message, Does.Contain("3 measurements passed one after the other"));
    }

    private static IEnumerable<TestCaseData> Impossible()
    {
        static TestCaseData Case(Action<ThresholdCheck> configure, string why) => new TestCaseData(configure, why).SetArgDisplayNames(why);
        yield return Case(_ => { }, "no limit");
        yield return Case(check => check.Between(5, 3), "no value is both");
        yield return Case(check => check.AtMost(5).FailAbove(3), "would pass too");
        yield return Case(check => check.AtMost(double.NaN), "not a number");
        yield return Case(check => check.AtMost(5).Times(3), "need an interval");
        yield return Case(check => check.AtMost(5).Times(0), "less than once");
        yield return Case(check => check.AtMost(5).Every(TimeSpan.Zero), "interval is");
        yield return Case(check => check.AtMost(5).Over(TimeSpan.FromSeconds(-1)), "span is");
        yield return Case(check => check.AtMost(5).Lag(TimeSpan.FromSeconds(-1)), "delay is negative");
        yield return Case(check => check.AtMost(5).MinimumPoints(0), "without a point");
        yield return Case(check => check.AtMost(5).FailureLimit(1), "without a good one");
        yield return Case(check => check.AtMost(5).Every(Interval).Times(3).FailureLimit(3), "without a good one");
        yield return Case(check => check.AtMost(5).Every(Interval).Times(3).FailureLimit(1).InconclusiveLimit(2), "without a good one");
        yield return Case(check => check.AtMost(5).Every(Interval).Times(3).ConsecutiveSuccessLimit(4), "waits for 4 successes");
        yield return Case(check => check.AtMost(5).Every(Interval).FailureLimit(-1), "any number of failures");
        yield return Case(check => check.AtMost(5).Every(Interval).FailureLimit(-2), "negative");
        yield return Case(check => check.AtMost(5).ConsecutiveErrorLimit(-1), "negative");
        yield return Case(check => check.Percentile(101).AtMost(5), "no percentile");
    }

    [TestCaseSource(nameof(Impossible))]
    public void Settings_Impossible_AreRefusedWhenThePipelineIsBuilt(Action<ThresholdCheck> configure, string why) =>
        Assert.That(() => new MetricsTest().Threshold(new FakeMetricSource(), Expression, configure), Throws.TypeOf<ConfigurationException>().With.Message.Contains(why));

    private sealed class FailingSource(int failures, IMetricSource source) : IMetricSource
    {
        private int _left = failures;

        public string Name => source.Name;

        public ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken) =>
            _left-- > 0 ? throw new HttpRequestException("503") : source.QueryAsync(query, cancellationToken);
    }
}

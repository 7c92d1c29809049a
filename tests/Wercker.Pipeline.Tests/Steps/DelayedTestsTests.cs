using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Steps;

public sealed class DelayedTestsTests
{
    private static readonly DateTimeOffset Start = new(2013, 4, 19, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Start);

    private async Task<StepReport> RunAsync(IDeployStep step)
    {
        var run = new StepHarness { Services = new PipelineServices { TimeProvider = _clock } }.RunAsync(step);
        while (!run.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await run;
    }

    [Test]
    public async Task LogTest_NoSource_IsSkipped() =>
        Assert.That(await RunAsync(new LogTestStep(new LogTest())), Has.Property("Status").EqualTo(StepStatus.Skipped));

    [TestCase(0, ExpectedResult = StepStatus.Failed)]
    [TestCase(1, ExpectedResult = StepStatus.Failed)]
    [TestCase(2, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> LogTest_TwoErrorsInTheWindow_CountsOnlyThem(int allowed)
    {
        var log = new FakeLogSource().Add(
            new LogEntry(Start.AddMinutes(-1), "ERROR before the deployment"),
            new LogEntry(Start.AddSeconds(70), "ERROR one"),
            new LogEntry(Start.AddSeconds(80), "info"),
            new LogEntry(Start.AddSeconds(90), "ERROR two"));

        return (await RunAsync(new LogTestStep(new LogTest().From(log, "error").FailOnMoreThan(allowed)))).Status;
    }

    [Test]
    public async Task LogTest_SourceCannotSee_IsAnErrorAndNeverSuccess() =>
        Assert.That(
            await RunAsync(new LogTestStep(new LogTest().From(new FakeLogSource { Failure = new IOException("401") }, "error"))),
            Has.Property("Status").EqualTo(StepStatus.Error).And.Property("Message").Contains("401"));

    [TestCase(0, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(80, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(100, ExpectedResult = StepStatus.Failed)]
    [TestCase(170, ExpectedResult = StepStatus.Failed)]
    [TestCase(181, ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> MetricsTest_HeartbeatEndsBeforeTheWindow_IsSilenceAfterThreeBeats(int silentSeconds)
    {
        var end = Start.AddMinutes(3).AddSeconds(-silentSeconds);
        var beats = Enumerable.Range(-10, 400).Select(i => Start.AddSeconds(i)).Where(at => at < end).Select(at => (at, (double?)1));
        var metrics = new FakeMetricSource().Set("key.**.heartbeat", new MetricSeries("key.web1.heartbeat", [.. beats]));

        return (await RunAsync(new MetricsTestStep(new MetricsTest().Heartbeat(metrics, "key.**.heartbeat")))).Status;
    }

    [Test]
    public async Task MetricsTest_NoSeries_IsInconclusive() =>
        Assert.That(
            await RunAsync(new MetricsTestStep(new MetricsTest().Heartbeat(new FakeMetricSource(), "key.**.heartbeat"))),
            Has.Property("Status").EqualTo(StepStatus.Inconclusive).And.Property("Message").Contains("no beat"));

    [Test]
    public void Settings_MakeNoSense_AreRefused()
    {
        Assert.That(() => new LogTest().After(TimeSpan.Zero), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().FailOnMoreThan(-1), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new MetricsTest().After(TimeSpan.FromSeconds(-1)), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new MetricsTest().Heartbeat(new FakeMetricSource(), "x", TimeSpan.Zero), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new WerckerCommand("true") { Timeout = TimeSpan.Zero }, Throws.TypeOf<ConfigurationException>());
    }
}

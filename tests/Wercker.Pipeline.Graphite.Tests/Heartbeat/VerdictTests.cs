using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.Graphite.Tests.RealGraphite;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

/// <summary>Deployments whose metrics test asks real Graphite while it runs: each ends with its right verdict, and none passes that should not.</summary>
[Parallelizable(ParallelScope.All)]
public class VerdictTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(7);

    // What looks bad is looked at again after this time, so it costs nothing where all is well, and forgives what a busy machine delays.
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(12);

    [Test]
    public async Task Deployment_AllHostsBeat_Succeeds()
    {
        await using var fleet = await Fleet.StartAsync("healthy", 5, Healthy);

        var step = await DeployAsync("healthy.*.heartbeat", fleet);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded), step.Message);
        Assert.That(step.Message, Does.Contain("5 hosts beat until the end"));
        Assert.That(step.Evidence.Count(one => one.Kind == "metric"), Is.EqualTo(5));
    }

    [Test]
    public async Task Deployment_HeartbeatStops_Fails()
    {
        await using var fleet = await Fleet.StartAsync("stopped", 2, (host, second, released) => released < 2 ? Counting(host, second) : null);

        var step = await DeployAsync("stopped.*.heartbeat", fleet);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed), step.Message);
        Assert.That(step.Message, Does.Contain("stopped.web1.heartbeat stopped beating").Or.Contain("no host beat with the new version"));
    }

    [Test]
    public async Task Deployment_OneHostOfFiveGone_Fails()
    {
        await using var fleet = await Fleet.StartAsync("gone", 5, (host, second, released) => host < 5 || released < 0 ? Counting(host, second) : null);

        var step = await DeployAsync("gone.*.heartbeat", fleet);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed), step.Message);
        Assert.That(step.Message, Does.Contain("4 hosts of 5").And.Contain("gone.web5.heartbeat"));
    }

    [Test]
    public async Task Deployment_ValueFrozen_Fails()
    {
        await using var fleet = await Fleet.StartAsync("frozen", 2, (host, second, released) => Counting(host, host == 2 ? second - Math.Max(released, 0) : second));

        var step = await DeployAsync("frozen.*.heartbeat", fleet);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed), step.Message);
        Assert.That(step.Message, Does.Contain("frozen.web2.heartbeat beats, but its value stands still").And.Not.Contain("web1"));
    }

    [Test]
    public async Task Deployment_PointsArriveLate_Succeeds()
    {
        await using var fleet = await Fleet.StartAsync("late", 2, Healthy, late: 4);

        var step = await DeployAsync("late.*.heartbeat", fleet, lag: TimeSpan.FromSeconds(15));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded), step.Message);
    }

    [Test]
    public async Task Deployment_GraphiteDown_IsAnError()
    {
        var step = await DeployAsync("any.*.heartbeat", source: Source(new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}")));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Error), step.Message);
        Assert.That(step.Message, Does.Contain("got no answer"));
    }

    [Test]
    public async Task Deployment_WrongKey_IsInconclusive()
    {
        await using var fleet = await Fleet.StartAsync("rightkey", 1, Healthy);

        var step = await DeployAsync("wrongkey.*.heartbeat", fleet);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Inconclusive), step.Message);
        Assert.That(step.Message, Does.Contain("there is no beat"));
    }

    [TestCase("sumSeries(typo.*.heartbeat", "'(' is never closed")]
    [TestCase("nosuch(typo.*.heartbeat)", "unknown function: nosuch")]
    public async Task Deployment_TypoInTheExpression_IsAnError(string expression, string words)
    {
        var step = await DeployAsync(expression);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Error), step.Message);
        Assert.That(step.Message, Does.Contain(words));
    }

    [Test]
    public async Task Deployment_MisspelledMetric_IsInconclusive()
    {
        await using var fleet = await Fleet.StartAsync("spelled", 1, Healthy);

        var step = await DeployAsync("spelled.*.heartbaet", fleet);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Inconclusive), step.Message);
    }

    private static double Counting(int host, long second) => 100 + second + (host * 0.125);

    private static double? Healthy(int host, long second, long released) => Counting(host, second);

    private static async Task<StepReport> DeployAsync(string expression, Fleet? fleet = null, IMetricSource? source = null, TimeSpan? lag = null)
    {
        var pipeline = new DeployPipelineBuilder("shop")
            .AddStep("Release", (_, _) =>
            {
                fleet?.Release();
                return new(StepResult.Succeeded("released"));
            })
            .AddMetricsTest(test => test.Heartbeat(source ?? Source(), expression, every: TimeSpan.FromSeconds(1), lag: lag ?? Lag).After(Window))
            .Build();

        var report = await pipeline.DeployAsync(new(expression, "r1"), CancellationToken.None);

        var step = report.Steps[^1];
        Assert.That(report.Status, Is.EqualTo(step.Status switch { StepStatus.Succeeded => DeployStatus.Succeeded, StepStatus.Inconclusive => DeployStatus.Inconclusive, _ => DeployStatus.Failed }));
        return step;
    }
}

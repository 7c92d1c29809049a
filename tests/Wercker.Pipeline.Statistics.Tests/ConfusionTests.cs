using Wercker.Pipeline.Benchmarks.Judging;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Statistics.Tests;

/// <summary>A small part of what the benchmark judges, so that a change of the judge shows here.</summary>
public sealed class ConfusionTests
{
    private const int Cases = 15;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    [TestCase(CaseKind.Nothing, StepStatus.Succeeded, 0.95)]
    [TestCase(CaseKind.LevelShift, StepStatus.Failed, 0.95)]
    [TestCase(CaseKind.Variance, StepStatus.Failed, 0.95)]
    [TestCase(CaseKind.Spike, StepStatus.Failed, 0.8)]
    [TestCase(CaseKind.DropToZero, StepStatus.Failed, 0.95)]
    [TestCase(CaseKind.Gap, StepStatus.Inconclusive, 1)]
    [TestCase(CaseKind.Empty, StepStatus.Inconclusive, 1)]
    public async Task Compare_GeneratedCases_HaveTheirVerdict(CaseKind kind, StepStatus expected, double share)
    {
        var generator = new CaseGenerator(11);
        var (right, all) = (0, 0);
        foreach (var ground in Enum.GetValues<CaseGround>())
        {
            for (var i = 0; i < Cases; i++)
            {
                var (values, at) = generator.Make(ground, kind, 18);
                var source = new FakeMetricSource().Set("x", new Metrics.MetricSeries("x", [.. values.Select((value, n) => (Start.AddMinutes(5 * n), value))]));
                var deployment = Start.AddMinutes(5 * at);
                var window = new TestWindow(deployment, deployment, deployment.AddMinutes(90));
                var series = await new ComparisonReader(source, "x", new ComparisonRules()).ReadAsync(window, CancellationToken.None);
                var status = new ComparisonVerdict("fake", "x", new ComparisonRules(), window).Of(series).Status;
                Assert.That(status == StepStatus.Succeeded && kind is CaseKind.Empty or CaseKind.Gap, Is.False, $"{kind} on {ground} must never pass");
                right += status == expected ? 1 : 0;
                all++;
            }
        }

        Assert.That((double)right / all, Is.GreaterThanOrEqualTo(share));
    }
}

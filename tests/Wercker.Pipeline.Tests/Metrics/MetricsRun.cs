using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Metrics;

/// <summary>Runs a metrics test in a deployment that began at noon, on a clock that jumps.</summary>
internal static class MetricsRun
{
    public static readonly DateTimeOffset Noon = new(2013, 4, 19, 12, 0, 0, TimeSpan.Zero);

    public static Task<StepReport> RunAsync(Action<MetricsTest> configure, CancellationToken cancellationToken = default) =>
        RunAsync(configure, new FakeTimeProvider(Noon), cancellationToken);

    public static async Task<StepReport> RunAsync(Action<MetricsTest> configure, FakeTimeProvider clock, CancellationToken cancellationToken = default)
    {
        var run = new StepHarness { Services = new PipelineServices { TimeProvider = clock } }.RunAsync(builder => builder.AddMetricsTest(configure), cancellationToken);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await run;
    }

    /// <summary>A series with a point every so many seconds, from one second after noon to another.</summary>
    public static MetricSeries Series(string name, double from, double until, double step, Func<double, double?> value) => new(
        name,
        [.. Enumerable.Range(0, (int)Math.Ceiling((until - from) / step)).Select(i => from + (i * step)).Select(second => (Noon.AddSeconds(second), value(second)))]);

    public static MetricSeries Beats(string host, double from = -300, double until = 300, double step = 30) => Series($"shop.{host}.heartbeat", from, until, step, _ => 1);
}

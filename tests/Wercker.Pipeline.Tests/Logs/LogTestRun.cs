using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Logs;

/// <summary>Runs a log test in a pipeline whose clock moves on by itself.</summary>
internal static class LogTestRun
{
    public static readonly DateTimeOffset Start = new(2013, 4, 19, 12, 0, 0, TimeSpan.Zero);

    public static async Task<StepReport> RunAsync(Action<LogTest> configure, FakeTimeProvider? clock = null, StepHarness? harness = null)
    {
        clock ??= new FakeTimeProvider(Start);
        harness ??= new StepHarness { Services = new PipelineServices { TimeProvider = clock } };
        var run = harness.RunAsync(builder => builder.AddLogTest(configure));
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await run;
    }

    /// <summary>Entries so many seconds after the start of the deployment; negative ones before it.</summary>
    public static FakeLogSource Log(params (int Second, string Message)[] entries) =>
        new FakeLogSource().Add([.. entries.Select(entry => new LogEntry(Start.AddSeconds(entry.Second), entry.Message))]);
}

using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Logs.LogTestRun;

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.

namespace Wercker.Pipeline.Tests.Logs;

/// <summary>Whole log tests over random logs, beside a verdict that is worked out from the log by hand.</summary>
public sealed class LogTestSequenceTests
{
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property From_AnyLog_HasTheVerdictThatFollowsFromIt(short[] seconds, byte[] kinds, byte maximum, bool isDown)
    {
        var entries = seconds.Zip(kinds, (second, kind) => (Second: second % 400, Kind: kind % 4)).ToArray();
        var log = new FakeLogSource { Failure = isDown ? new IOException("down") : null };
        foreach (var (second, kind) in entries)
        {
            log.Add(new LogEntry(Start.AddSeconds(second), kind switch { 0 => "error", 1 => "lost", _ => "fine" }) { Lost = kind == 1 });
        }

        log.Matches = (query, entry) => entry.Lost || query.Text.Length == 0 || entry.Message == query.Text;
        var limit = maximum % 5;
        var step = RunAsync(test => test.From(log, "error", limit)).GetAwaiter().GetResult();

        // The clock moves while the test starts: the window begins within the first seconds. What is too near to an edge is not judged here.
        if (entries.Any(entry => entry.Second is > -2 and < 8 or > 178 and < 190))
        {
            return true.ToProperty();
        }

        var seen = entries.Where(entry => entry.Second is >= 0 and < 180).ToArray();
        var errors = seen.Count(entry => entry.Kind == 0);
        var expected = isDown ? StepStatus.Error
            : errors > limit ? StepStatus.Failed
            : seen.Any(entry => entry.Kind == 1) ? StepStatus.Inconclusive
            : seen.Length == 0 ? StepStatus.Inconclusive
            : StepStatus.Succeeded;
        return (step.Status == expected).Label($"{step.Status} instead of {expected}: {step.Message}");
    }
}

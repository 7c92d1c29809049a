using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Logs.Signatures;

namespace Wercker.Pipeline.Tests.Logs.Signatures;

/// <summary>Logs in the manner of sshd, httpd, Hadoop and ZooKeeper: clean windows stay clean, every injected exception is found.</summary>
public sealed class RealisticLogTests
{
    private const int Lines = 16_200;
    private const int Before = 6000;
    private const int Window = 100;

    [TestCase("sshd")]
    [TestCase("httpd")]
    [TestCase("hadoop")]
    [TestCase("zookeeper")]
    public void FindNew_CleanWindows_AreFlaggedAtMostOnceInAHundred(string kind)
    {
        var log = GeneratedLog.Make(kind, Lines, seed: 7);
        var flagged = 0;
        var windows = 0;
        for (var start = Before; start + Window <= log.Count; start += Window, windows++)
        {
            flagged += FindNew(log, start, []).Any(one => one.WindowsNeeded <= Before / Window) ? 1 : 0;
        }

        Assert.That(flagged, Is.LessThanOrEqualTo(windows / 100), $"{flagged} of {windows} windows");
    }

    [Test]
    public void FindNew_InjectedExceptions_AreAllFound([Values("sshd", "httpd", "hadoop", "zookeeper")] string kind, [Range(0, 9)] int number)
    {
        var log = GeneratedLog.Make(kind, 8000, seed: 11);
        var (line, type) = GeneratedLog.Exceptions[number];

        Assert.That(FindNew(log, 7000, [new LogEntry(log[7050].At, line)]).SelectMany(one => one.Exceptions), Has.Member(type));
    }

    private static IReadOnlyList<Signature> FindNew(IReadOnlyList<LogEntry> log, int start, LogEntry[] injected)
    {
        var miner = new SignatureMiner(false, log[start + Window - 1].At - log[start].At);
        foreach (var entry in log.Skip(start - Before).Take(Before))
        {
            miner.Learn(entry);
        }

        miner.Turn();
        foreach (var entry in log.Skip(start).Take(Window).Concat(injected).OrderBy(entry => entry.At))
        {
            miner.Examine(entry);
        }

        return miner.FindNew(1);
    }
}

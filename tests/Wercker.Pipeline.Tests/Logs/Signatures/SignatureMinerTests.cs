using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Logs.Signatures;

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.

namespace Wercker.Pipeline.Tests.Logs.Signatures;

public sealed class SignatureMinerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static IReadOnlyList<Signature> New(string[] before, string[] after, bool anyLine = false, int minimum = 1)
    {
        var miner = new SignatureMiner(anyLine, TimeSpan.FromMinutes(3));
        var second = 0;
        Array.ForEach(before, line => miner.Learn(new LogEntry(Start.AddSeconds(second++), line)));
        miner.Turn();
        Array.ForEach(after, line => miner.Examine(new LogEntry(Start.AddSeconds(second++), line)));
        return miner.FindNew(minimum);
    }

    [TestCase("ERROR order 17 not found", "ERROR order 4711 not found", TestName = "Number")]
    [TestCase("ERROR user 3f2504e0-4f89-11d3-9a0c-0305e82c3301 unknown", "ERROR user 0b1c2d3e-aaaa-bbbb-cccc-0305e82c3302 unknown", TestName = "Uuid")]
    [TestCase("ERROR at 0x7ffe12 fault", "ERROR at 0xdeadbeef fault", TestName = "Hexadecimal")]
    [TestCase("ERROR commit deadbeefcafe refused", "ERROR commit cafebabedeadbe refused", TestName = "Hash without digits")]
    [TestCase("ERROR cannot open /var/lib/a.db", "ERROR cannot open /srv/other/b.sqlite", TestName = "Path")]
    [TestCase("ERROR connect to 10.0.0.1:80 failed", "ERROR connect to [::1]:8080 failed", TestName = "Address")]
    [TestCase("ERROR key \"abc def\" missing", "ERROR key \"x\" missing", TestName = "Quoted")]
    [TestCase("ERROR key 'abc' missing", "ERROR key 'x y z' missing", TestName = "Single quoted")]
    [TestCase("ERROR since 2026-03-01T10:00:00Z dead", "ERROR since 2025-01-01 11:12:13 dead", TestName = "Time")]
    [TestCase("error: retry user=anna host=web limit=3", "error: retry user=ben host=db limit=9", TestName = "Values")]
    [TestCase("Failed password for root from 10.0.0.1", "Failed password for guest from 10.0.0.2", TestName = "A word that varies")]
    public void FindNew_OnlyWhatVariesDiffers_IsNotNew(string before, string after) => Assert.That(New([before], [after, after]), Is.Empty);

    [TestCase("ERROR Unhandled: System.NullReferenceException: Object reference", "NullReferenceException")]
    [TestCase("Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'card'", "KeyError")]
    [TestCase("ERROR request failed\njava.lang.IllegalStateException: x\n\tat A.b(A.java:1)\nCaused by: java.net.SocketException: reset", "IllegalStateException,SocketException")]
    [TestCase("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space", "OutOfMemoryError")]
    [TestCase("{\"level\":\"error\",\"msg\":\"boom\",\"err\":\"TypeError: x is not a function\"}", "TypeError")]
    [TestCase("WARN close due to EndOfStreamException\nEndOfStreamException: done", "EndOfStreamException")]
    public void FindNew_OneNewException_IsFoundByItsType(string line, string types)
    {
        var found = New(["ERROR Unhandled: System.TimeoutException: late", "INFO fine"], line.StartsWith("WARN", StringComparison.Ordinal) ? [line, line] : [line]);

        Assert.That(found.Single().Exceptions.Order(), Is.EqualTo(types.Split(',').Order()));
    }

    [TestCase("INFO 3 files read, 0 errors")]
    [TestCase("INFO retry after java.net.ConnectException: refused")]
    [TestCase("DEBUG error handler installed")]
    [TestCase("[notice] child error state reset")]
    [TestCase("backup done: failed=0 ok=12")]
    [TestCase("GET /index.html 200")]
    public void FindNew_LineThatSaysAllIsWell_IsNoError(string line) => Assert.That(New(["INFO x"], [line, line, line]), Is.Empty);

    [TestCase("ERROR vault closed")]
    [TestCase("[error] vault closed")]
    [TestCase("level=error msg=vault")]
    [TestCase("{\"level\":\"error\",\"msg\":\"vault closed\"}")]
    [TestCase("host app[3]: fatal: vault closed")]
    [TestCase("panic: vault closed")]
    [TestCase("connection to vault refused")]
    [TestCase("12:00 1702  2395 E Vault: closed")]
    public void FindNew_FirstErrorOfAHealthyLog_IsNewWhenItComesOnce(string line) => Assert.That(New(["INFO x", "INFO y"], [line]), Has.Count.EqualTo(1));

    [TestCase("ERROR printer on fire", 60)]
    [TestCase("ERROR printer: FireException", 10)]
    [TestCase("panic: printer on fire", 10)]
    public void FindNew_LogThatAlwaysHasTheSameErrors_FindsAnotherThatComesOnceAndSaysWhatItTakes(string line, int windows)
    {
        var before = Enumerable.Repeat<string[]>(["ERROR card declined", "INFO x"], 100).SelectMany(lines => lines).ToArray();

        Assert.That(New(before, [line]).Single().WindowsNeeded, Is.EqualTo(windows));
    }

    [Test]
    public void FindNew_LogWhoseErrorsAreOftenNew_NeedsFarMoreThanWasNewBefore()
    {
        // In the second half of the time before, a message turned up three times for the first time.
        var before = Enumerable.Repeat("INFO x", 100).Concat(["ERROR disk slow", "ERROR disk slow", "ERROR disk slow"]).ToArray();

        Assert.That(New(before, [.. Enumerable.Repeat("ERROR fan loud", 7)]), Is.Empty);
        Assert.That(New(before, [.. Enumerable.Repeat("ERROR fan loud", 8)]), Has.Count.EqualTo(1));
        Assert.That(New(before, ["ERROR fan: LoudException"]), Has.Count.EqualTo(1));
    }

    [TestCase(1, 1, 100, ExpectedResult = 10, TestName = "Ten times as long")]
    [TestCase(60, 30, 1, ExpectedResult = 2, TestName = "Twice as many lines, all at one time")]
    public double WindowsBefore_ByTimeOrByNumber_IsTheLarger(int before, int after, int apart)
    {
        var miner = new SignatureMiner(false, TimeSpan.FromSeconds(10));
        miner.Learn(new LogEntry(Start, "first"));
        for (var i = 1; i < before; i++)
        {
            miner.Learn(new LogEntry(Start, "INFO x"));
        }

        miner.Learn(new LogEntry(Start.AddSeconds(apart == 1 ? 0 : apart), "INFO x"));
        miner.Turn();
        for (var i = 0; i < after; i++)
        {
            miner.Examine(new LogEntry(Start.AddSeconds(200), "INFO x"));
        }

        _ = miner.FindNew(1);
        return Math.Floor(miner.WindowsBefore);
    }

    [Test]
    public void FindNew_AnyLine_FindsANewMessageThatIsNoError() => Assert.That(
        New([.. Enumerable.Repeat<string[]>(["INFO started", "INFO stopped"], 50).SelectMany(lines => lines)], ["INFO upgraded", "INFO upgraded"], anyLine: true), Has.Count.EqualTo(1));

    [Test]
    public void FindNew_StackTraceAsEntriesOfItsOwn_IsJoinedToItsLine()
    {
        var found = New(["INFO x"], ["ERROR payment failed", "System.IO.IOException: disk full", "   at Shop.Pay()", "   at Shop.Main()", "INFO next"]);

        Assert.That(found.Single().Count, Is.EqualTo(1));
        Assert.That(found.Single().Samples.Single(), Does.StartWith("ERROR payment failed\nSystem.IO.IOException").And.EndsWith("at Shop.Main()"));
    }

    [Test]
    public void FindNew_ManyOfAKind_AreCountedAndThreeAreShown()
    {
        var found = New(["INFO x"], [.. Enumerable.Range(0, 50).Select(i => $"ERROR order {i}: VaultClosedException")]).Single();

        Assert.That((found.Count, found.Samples.Count, found.Template), Is.EqualTo((50, 3, "ERROR order <*> VaultClosedException")));
    }

    [Test]
    public void FindNew_Minimum_LeavesOutRarerOnes() => Assert.That(New(["INFO x"], ["ERROR a: OneError", "ERROR b: TwoError", "ERROR b: TwoError"], minimum: 2).Single().Exceptions, Is.EqualTo(new[] { "TwoError" }));

    [Test]
    public void FindNew_HerokuCode_IsAName() =>
        Assert.That(New(["at=error code=H12 desc=\"Request timeout\" path=\"/\""], ["at=error code=H10 desc=\"App crashed\" path=\"/\"", "at=error code=H10 desc=\"App crashed\" path=\"/x\""]), Has.Count.EqualTo(1));

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool FindNew_SameLinesBeforeAndAfter_AreNeverNew(string?[] lines)
    {
        var all = lines.Select(line => "ERROR " + line).ToArray();
        return New(all, all, anyLine: true).Count == 0;
    }
}

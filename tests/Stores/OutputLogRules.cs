using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Tests.Stores;

/// <summary>What a store that keeps output logs must do, as its tests see it.</summary>
public abstract class OutputLogRules
{
    // More than a block, so that there is one that is full and one that grows.
    private const int Large = 700_000;

    protected abstract Stream Open(string deployment);

    protected abstract IAsyncEnumerable<ReadOnlyMemory<byte>> Read(string deployment, long from);

    /// <summary>Length, kept bytes, whether it is closed; null without a log.</summary>
    protected abstract Task<(long Length, long Kept, bool IsClosed)?> FindAsync(string deployment);

    /// <summary>Opens another store on the same data with limits, and removes what is beyond them.</summary>
    protected abstract Task<int> PruneAsync(TimeSpan age, int count, long bytes);

    /// <summary>Runs statements on the data; blocks is the name of their table, logs that of the logs.</summary>
    protected abstract Task ChangeAsync(Func<string, string, string> sql);

    [Test]
    public async Task OpenLog_ManyLines_AreReadAsTheyWereWrittenAndTakeLessRoom()
    {
        var lines = Lines(Large);
        using (var log = Open("d1"))
        {
            foreach (var part in lines.Chunk(100_000))
            {
                log.Write(part);
            }
        }

        Assert.That(await TextAsync("d1"), Is.EqualTo(Encoding.UTF8.GetString(lines)));
        Assert.That(await TextAsync("d1", 300_001), Is.EqualTo(Encoding.UTF8.GetString(lines[300_001..])), "from the middle of a block");
        Assert.That(await TextAsync("d1", lines.Length), Is.Empty);
        var (length, kept, isClosed) = (await FindAsync("d1"))!.Value;
        Assert.That((length, isClosed), Is.EqualTo(((long)lines.Length, true)));
        Assert.That(kept, Is.LessThan(lines.Length / 3));
    }

    [Test]
    public async Task OpenLog_NobodyWrote_HasNoLog()
    {
        Assert.That(await FindAsync("d1"), Is.Null);
        Assert.That(await TextAsync("d1"), Is.Empty);
        Assert.That(await PruneAsync(TimeSpan.Zero, 0, 0), Is.Zero);
    }

    [Test]
    public async Task Flush_WhileItIsWritten_LetsReadersSeeEverythingSoFar()
    {
        using var log = Open("d1");
        var sum = string.Empty;
        for (var i = 0; i < 5; i++)
        {
            var more = $"line {i}\n" + (i == 2 ? Encoding.UTF8.GetString(Lines(Large)) : string.Empty);
            sum += more;
            log.Write(Encoding.UTF8.GetBytes(more));
            log.Flush();
            await UntilAsync(async () => await TextAsync("d1") == sum, $"line {i}");
            Assert.That((await FindAsync("d1"))!.Value.IsClosed, Is.False);
        }
    }

    [Test]
    public async Task OpenLog_WriterWasKilled_GoesOnBehindWhatWasSeenOnALineOfItsOwnAndCompressesIt()
    {
        var killed = Open("d1");
        var lines = Encoding.UTF8.GetString(Lines(100_000));
        killed.Write(Encoding.UTF8.GetBytes(lines + "cut of"));
        killed.Flush();
        await UntilAsync(async () => (await TextAsync("d1")).EndsWith("cut of", StringComparison.Ordinal), "the first lines");

        using (var next = Open("d1"))
        {
            next.Write("resumed\n"u8);
            next.Flush();
            await UntilAsync(async () => (await TextAsync("d1")).EndsWith("resumed\n", StringComparison.Ordinal), "the next lines");
            killed.Write("too late\n"u8);
            killed.Flush();
            await UntilAsync(() => Task.FromResult(IsRefused(killed)), "the refusal of the late one");
        }

        Assert.That(await TextAsync("d1"), Is.EqualTo(lines + "cut of\nresumed\n"));
        Assert.That((await FindAsync("d1"))!.Value.Kept, Is.LessThan(50_000));
        await killed.DisposeAsync();
        Assert.That((await FindAsync("d1"))!.Value.IsClosed, Is.True);
    }

    [Test]
    public async Task ReadLogAsync_ABlockIsDamagedOrMissing_GivesWhatIsBeforeItAndSaysWhere()
    {
        var lines = Lines(Large);
        foreach (var id in new[] { "damaged", "missing", "whole" })
        {
            using var log = Open(id);
            log.Write(lines);
        }

        await ChangeAsync((blocks, _) => $"update {blocks} set body = digest where deployment = 'damaged' and start = 262144; delete from {blocks} where deployment = 'missing' and start = 262144");

        foreach (var id in new[] { "damaged", "missing" })
        {
            var read = new MemoryStream();
            var damage = await Assert.ThrowsAsync<InvalidDataException>(async () => await CopyAsync(id, 0, read));
            Assert.That(damage!.Message, Does.Contain($"the log of deployment {id} is damaged after byte 262144 of {lines.Length}"));
            Assert.That(read.ToArray(), Is.EqualTo(lines[..262144]));
        }

        Assert.That(await TextAsync("whole"), Is.EqualTo(Encoding.UTF8.GetString(lines)));
    }

    [Test]
    public async Task PruneLogsAsync_BeyondALimit_RemovesTheOldestAndNeverOneThatMayBeWritten()
    {
        using var open = Open("open");
        open.Write("still open\n"u8);
        open.Flush();
        await UntilAsync(async () => (await TextAsync("open")).Length > 0, "the open log");
        for (var i = 1; i <= 4; i++)
        {
            using var log = Open($"d{i}");
            log.Write(RandomNumberGenerator.GetBytes(10_000));
        }

        // From now on d1 is the oldest, an hour older than d2 and so on.
        await AgeAsync("d1", 4);
        await AgeAsync("d2", 3);
        await AgeAsync("d3", 2);
        Assert.That(await PruneAsync(TimeSpan.FromHours(3.5), 100, 1 << 30), Is.EqualTo(1), "by age");
        Assert.That(await FindAsync("d1"), Is.Null);
        Assert.That(await PruneAsync(TimeSpan.FromDays(1), 3, 1 << 30), Is.EqualTo(1), "by count");
        Assert.That((await FindAsync("d2"), await FindAsync("d3")), Is.EqualTo((((long, long, bool)?)null, await FindAsync("d3"))));
        Assert.That(await PruneAsync(TimeSpan.FromDays(1), 100, 15_000), Is.EqualTo(1), "by bytes");
        Assert.That((await FindAsync("d3"), (await FindAsync("d4"))?.Length), Is.EqualTo((((long, long, bool)?)null, 10_000L)));
        Assert.That(await PruneAsync(TimeSpan.Zero, 0, 0), Is.EqualTo(1));
        Assert.That(await TextAsync("open"), Is.EqualTo("still open\n"));
    }

    protected abstract string HoursAgo(int hours);

    private Task AgeAsync(string deployment, int hours) => ChangeAsync((_, logs) => $"update {logs} set written = {HoursAgo(hours)} where deployment = '{deployment}'");

    private static bool IsRefused(Stream log)
    {
        try
        {
            log.Flush();
            return false;
        }
        catch (IOException e)
        {
            return e.Message.Contains("another process goes on with it", StringComparison.Ordinal);
        }
    }

    private async Task<string> TextAsync(string deployment, long from = 0)
    {
        var text = new MemoryStream();
        await CopyAsync(deployment, from, text);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private async Task CopyAsync(string deployment, long from, Stream to)
    {
        await foreach (var bytes in Read(deployment, from))
        {
            to.Write(bytes.Span);
        }
    }

    private static byte[] Lines(int length)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < length; i++)
        {
            text.Append($"2026-03-01T12:00:00.000Z Push out | {i} compiling module {i * 7919 % 1000}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var started = System.Diagnostics.Stopwatch.StartNew(); started.Elapsed < TimeSpan.FromSeconds(60);)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail($"Not within 60 seconds: {what}.");
    }
}

using System.Text;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Reports;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Reports;

public sealed class DeployLogWriterTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 13, 0, 0, 5, TimeSpan.FromHours(1));
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"wercker-log-{Guid.NewGuid():N}");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => File.Delete(_path);

    [Test]
    public void Write_Lines_EachHasItsPrefix()
    {
        using (var log = Open())
        {
            log.Write("Push", "out", At, "one\n\ntwo\n"u8);
            log.Write("my step\n|", "err", At, "three\n"u8);
            log.Write(null, "pipe", At, "no end"u8);
        }

        Assert.That(File.ReadAllText(_path), Is.EqualTo(
            "2026-11-23T12:00:00.005Z Push out | one\n2026-11-23T12:00:00.005Z Push out | \n2026-11-23T12:00:00.005Z Push out | two\n"
            + "2026-11-23T12:00:00.005Z my_step_| err | three\n2026-11-23T12:00:00.005Z - pipe | no end\n"));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Write_AnyBytes_ComeBackWholeBehindTheirPrefix(byte[][] blocks)
    {
        using (var log = Open())
        {
            foreach (var block in blocks)
            {
                log.Write("Push", "out", At, [.. block, (byte)'\n']);
            }
        }

        var prefix = "2026-11-23T12:00:00.005Z Push out | "u8.ToArray();
        var expected = blocks.SelectMany(block => Split([.. block, (byte)'\n'])).SelectMany(line => (byte[])[.. prefix, .. line]);
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(expected.ToArray()));
    }

    [Test]
    public void Write_LineLongerThanTheBuffer_StaysOneLine()
    {
        var line = new string('x', 1_000_000);
        using (var log = Open())
        {
            log.Write("Push", "out", At, "short\n"u8);
            log.Write("Push", "out", At, Encoding.UTF8.GetBytes(line + "\n"));
            log.Write("Push", "out", At, "end\n"u8);
        }

        Assert.That(File.ReadAllLines(_path), Is.EqualTo(new[] { "short", line, "end" }.Select(text => $"2026-11-23T12:00:00.005Z Push out | {text}")));
    }

    [Test]
    public void Write_AFewLines_AreInTheFileWithinTheQuarterOfASecond()
    {
        using var log = Open();
        for (var i = 1; i <= 3; i++)
        {
            log.Write("Push", "out", At, "line\n"u8);
            Assert.That(Lines(), Is.EqualTo(i - 1), "still buffered");
            _time.Advance(DeployLogWriter.Patience);
            Assert.That(Lines(), Is.EqualTo(i));
        }
    }

    [Test]
    public void Append_AfterATornLine_StartsALineOfItsOwn()
    {
        File.WriteAllText(_path, "whole\ntorn");
        using var log = new DeployLogWriter(_path, append: true, _time);
        log.Write("Push", "out", At, "next\n"u8);
        _time.Advance(DeployLogWriter.Patience);

        Assert.That(Lines(), Is.EqualTo(3));
    }

    [Test]
    public void Write_ManyBlocks_AllocatesNothing()
    {
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a line of output that is not long\n", 1000)));
        using var log = Open();
        log.Write("Push", "out", At, block);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
        {
            log.Write("Push", "out", At, block);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(20_000), "300,000 lines; not even a byte each");
    }

    [Test]
    public void Write_FromManyThreads_KeepsEveryLineWhole()
    {
        using (var log = Open())
        {
            Parallel.For(0, 4, step =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    log.Write($"S{step}", "out", At, Encoding.UTF8.GetBytes($"{i}\n{i}b\n"));
                }
            });
        }

        var lines = File.ReadAllLines(_path);
        Assert.That(lines, Has.Length.EqualTo(16_000));
        for (var step = 0; step < 4; step++)
        {
            var prefix = $"2026-11-23T12:00:00.005Z S{step} out | ";
            var expected = Enumerable.Range(0, 2_000).SelectMany(i => new[] { $"{i}", $"{i}b" });
            Assert.That(lines.Where(l => l.StartsWith(prefix, StringComparison.Ordinal)).Select(l => l[prefix.Length..]), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Write_AfterClose_Throws()
    {
        var log = Open();
        log.Dispose();

        Assert.That(() => log.Write("Push", "out", At, "late\n"u8), Throws.InstanceOf<IOException>());
    }

    private DeployLogWriter Open() => new(_path, append: false, _time);

    private int Lines() => File.ReadAllBytes(_path).Count(b => b == (byte)'\n');

    private static IEnumerable<byte[]> Split(byte[] bytes)
    {
        var start = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == (byte)'\n')
            {
                yield return bytes[start..(i + 1)];
                start = i + 1;
            }
        }
    }
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Tests.Logs;

public class LogIndexTests
{
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Find_AnyLineOfAnyBlocks_IsBeforeItAndAtTheBeginningOfItsLine() => Prop.ForAll(
        Gen.Choose(0, 3000).SelectMany(lines => Gen.Choose(1, 5000).SelectMany(block => Gen.Choose(0, 60).Select(width => (Lines: lines, Block: block, Width: width)))).ToArbitrary(),
        log =>
        {
            var random = new Random(log.Lines ^ (log.Block << 8));
            var text = string.Concat(Enumerable.Range(1, log.Lines).Select(i => $"{new string('x', random.Next(log.Width + 1))}{i}\n"));
            var bytes = Encoding.UTF8.GetBytes(text);
            var index = Of(bytes, log.Block);
            return index.Lines == log.Lines && index.Bytes == bytes.Length && Enumerable.Range(1, log.Lines).Where(i => i % 37 == 0).All(i =>
            {
                var (line, offset) = index.Find(i);
                var rest = text[(int)offset..];
                return line <= i && i - line < 256 && rest[..rest.IndexOf('\n', StringComparison.Ordinal)].EndsWith($"{line}", StringComparison.Ordinal) && (offset == 0 || bytes[offset - 1] == '\n');
            });
        });

    [Test]
    public void Find_InALogOfMillionsOfLines_StaysSmallAndRight()
    {
        // Every line is three bytes long, so that its place can be told.
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("ab\n", 100_000)));
        var index = new LogIndex();
        for (var i = 0; i < 60; i++)
        {
            index.Append(block);
        }

        Assert.That(index.Lines, Is.EqualTo(6_000_000));
        foreach (var wanted in new long[] { 1, 2, 257, 1_000_000, 2_097_153, 5_999_999, 6_000_000 })
        {
            var (line, offset) = index.Find(wanted);
            Assert.That(offset, Is.EqualTo((line - 1) * 3), $"line {wanted}");
            Assert.That(wanted - line, Is.InRange(0, 2000), $"line {wanted}");
        }
    }

    [TestCase("Push", 3)]
    [TestCase("Test", 6)]
    [TestCase("Verify", 9)]
    [TestCase(null, 3, Description = "the first bad verdict is that of Push")]
    [TestCase("Absent", null)]
    public void FirstError_OfTheStepThatDecided_IsNoProgressOnStandardError(string? decided, int? line)
    {
        string[] lines =
        [
            Line("Push", "err", "Writing objects: 100% (3/3), done."), // 1
            Line("Push", "out", "0 errors, 0 warnings"),
            Line("Push", "err", "error: failed to push some refs"),
            Line("Push", "pipe", "failed: exit code 1"),
            Line("Test", "out", "fine"), // 5
            Line("Test", "err", "something on standard error"),
            Line("Test", "pipe", "failed: exit code 1"),
            Line("Verify", "pipe", "started"),
            Line("Verify", "pipe", "inconclusive: nothing to see"), // 9
        ];
        Assert.That(LogStepMarks.FirstError(Of(Encoding.UTF8.GetBytes(string.Concat(lines)), 7).Steps, decided), Is.EqualTo(line));
    }

    [Test]
    public void FirstError_WhereNothingFailed_IsNone()
    {
        var index = Of(Encoding.UTF8.GetBytes(Line("Push", "err", "error: tried again") + Line("Push", "pipe", "succeeded")), 4096);
        Assert.That(LogStepMarks.FirstError(index.Steps, null), Is.Null);
        Assert.That(index.Steps.Select(step => (step.Name, step.Line)), Is.EqualTo(new[] { ("Push", 1L) }));
    }

    [Test]
    public void Steps_OfAHostileLog_AreNotMoreThanAnybodyLooksAt()
    {
        var index = Of(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => Line($"Step{i}", "out", "x")))), 4096);
        Assert.That(index.Steps, Has.Count.EqualTo(500));
        Assert.That(index.Lines, Is.EqualTo(5000));
    }

    private static string Line(string step, string stream, string text) => $"2013-04-19T10:00:01.500Z {step} {stream} | {text}\n";

    private static LogIndex Of(byte[] bytes, int block)
    {
        var index = new LogIndex();
        foreach (var part in bytes.Chunk(block))
        {
            index.Append(part);
        }

        return index;
    }
}

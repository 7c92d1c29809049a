using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Tests.Logs;

public class LogTextTests
{
    [Test]
    public void Read_LineOfADeployment_HasItsParts()
    {
        var line = LogText.Read(7, "2013-04-19T10:00:01.500Z canary/Push err | \u001b[1;31mred\u001b[0m plain"u8);
        Assert.That((line.Number, line.At, line.Step, line.Stream), Is.EqualTo((7L, new DateTimeOffset(2013, 4, 19, 10, 0, 1, 500, TimeSpan.Zero), "canary/Push", "err")));
        Assert.That(line.Spans, Is.EqualTo(new[] { new LogSpan("red", "t1 tb"), new LogSpan(" plain") }));
    }

    [TestCase("just text", "just text")]
    [TestCase("", "")]
    [TestCase("2013-04-19T10:00:01.500Z no bar here", "2013-04-19T10:00:01.500Z no bar here")]
    [TestCase("9999-99-99T99:99:99.999Z Push out | text", "9999-99-99T99:99:99.999Z Push out | text")]
    public void Read_LineOfAnotherShape_IsAllText(string text, string shown)
    {
        var line = LogText.Read(1, Encoding.UTF8.GetBytes(text));
        Assert.That((line.At, line.Step, line.Stream), Is.EqualTo(((DateTimeOffset?)null, (string?)null, (string?)null)));
        Assert.That(string.Concat(line.Spans.Select(span => span.Text)), Is.EqualTo(shown));
    }

    [TestCase("\u001b]0;evil title\u0007seen", "seen")]
    [TestCase("\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link")]
    [TestCase("\u001b[2J\u001b[1;1Hseen", "seen")]
    [TestCase("a\rb", "a b")]
    [TestCase("a\u202eb\u0000c\u0085", "a\ufffdbc")]
    [TestCase("a\u2028b", "a b")]
    [TestCase("<script>alert(1)</script>", "<script>alert(1)</script>", Description = "encoded by whoever shows it")]
    public void Read_WhatIsMeantForTerminals_IsGone(string text, string shown) => Assert.That(
        string.Concat(LogText.Read(1, Encoding.UTF8.GetBytes($"2013-04-19T10:00:01.500Z Push out | {text}")).Spans.Select(span => span.Text)), Is.EqualTo(shown));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Read_AnyBytes_AreOneCleanLineOfKnownStyles() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(),
        noise =>
        {
            byte[] bytes = [.. "2013-04-19T10:00:01.500Z Push out | "u8, .. noise.SelectMany(b => b % 5 == 0 ? "\u001b[3"u8.ToArray().Append((byte)('0' + (b % 8))).Append((byte)'m') : [b]).Where(b => b != '\n')];
            var line = LogText.Read(1, bytes);
            return line.Spans.All(span =>
                !span.Text.Any(c => (char.IsControl(c) && c != '\t') || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029')
                && (span.Style ?? "td").Split(' ').All(style => style.Length == 2 && style[0] == 't' && "123456bdiu".Contains(style[1], StringComparison.Ordinal)));
        });

    [Test]
    public void Read_LineOfAMillionCharacters_IsCutAndSaysSo()
    {
        var line = LogText.Read(1, Encoding.UTF8.GetBytes(new string('x', 1_000_000)));
        Assert.That(line.Spans.Sum(span => span.Text.Length), Is.LessThan(17_000));
        Assert.That(line.Spans[^1].Text, Does.Contain("left out"));
    }

    [Test]
    public void Read_LineOfThousandsOfColours_IsNotThousandsOfParts()
    {
        var line = LogText.Read(1, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"\u001b[3{1 + (i % 6)}mx"))));
        Assert.That(line.Spans, Has.Count.LessThanOrEqualTo(201));
        Assert.That(string.Concat(line.Spans.Select(span => span.Text)), Has.Length.EqualTo(2000));
    }
}

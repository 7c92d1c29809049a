using System.Globalization;
using Wercker.Pipeline.Logs.Lines;

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.

namespace Wercker.Pipeline.Tests.Logs.Lines;

public sealed class LineClockTests
{
    private static readonly DateTimeOffset Latest = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [TestCase("2026-02-28T10:11:12.345Z text", "2026-02-28T10:11:12.345Z", "text")]
    [TestCase("2026-02-28T10:11:12+02:00 text", "2026-02-28T08:11:12Z", "text")]
    [TestCase("2026-02-28 10:11:12,345 text", "2026-02-28T10:11:12.345Z", "text")]
    [TestCase("2026-02-28 10:11:12.345678 -0500 - text", "2026-02-28T15:11:12.345678Z", "text")]
    [TestCase("[2026-02-28 10:11:12] text", "2026-02-28T10:11:12Z", "text")]
    [TestCase("2026/02/28 10:11:12 text", "2026-02-28T10:11:12Z", "text")]
    [TestCase("26/02/28 10:11:12 text", "2026-02-28T10:11:12Z", "text")]
    [TestCase("260228 101112 text", "2026-02-28T10:11:12Z", "text")]
    [TestCase("20260228-9:5:12:345|text", "2026-02-28T09:05:12.345Z", "text")]
    [TestCase("20260228T101112Z text", "2026-02-28T10:11:12Z", "text")]
    [TestCase("Feb 28 10:11:12 host sshd[1]: text", "2026-02-28T10:11:12Z", "host sshd[1]: text")]
    [TestCase("Feb  8 10:11:12 host text", "2026-02-08T10:11:12Z", "host text")]
    [TestCase("Dec 31 10:11:12 host text", "2025-12-31T10:11:12Z", "host text")]
    [TestCase("Feb 29 10:11:12 host text", "2024-02-29T10:11:12Z", "host text")]
    [TestCase("<34>Feb 28 10:11:12 host text", "2026-02-28T10:11:12Z", "host text")]
    [TestCase("<34>1 2026-02-28T10:11:12Z host text", "2026-02-28T10:11:12Z", "host text")]
    [TestCase("[Sat Feb 28 10:11:12 2026] [error] text", "2026-02-28T10:11:12Z", "[error] text")]
    [TestCase("[Sat Feb 28 10:11:12.345678 2026] text", "2026-02-28T10:11:12.345678Z", "text")]
    [TestCase("28/Feb/2026:10:11:12 +0100 text", "2026-02-28T09:11:12Z", "text")]
    [TestCase("02-28 10:11:12.345  1702  2395 D Tag: text", "2026-02-28T10:11:12.345Z", "1702  2395 D Tag: text")]
    [TestCase("E0228 10:11:12.345678 12 file.cc:3] text", "2026-02-28T10:11:12.345678Z", "12 file.cc:3] text")]
    [TestCase("1772273472 text", "2026-02-28T10:11:12Z", "text")]
    [TestCase("1772273472.5 text", "2026-02-28T10:11:12.5Z", "text")]
    [TestCase("1772273472345 text", "2026-02-28T10:11:12.345Z", "text")]
    public void TryRead_TimeInFront_IsReadAndTheTextBeginsBehindIt(string line, string time, string text)
    {
        Assert.That(new LineClock(TimeZoneInfo.Utc).TryRead(line, Latest, out var at, out var start), Is.True);
        Assert.That(at, Is.EqualTo(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)));
        Assert.That(line[start..], Is.EqualTo(text));
    }

    [TestCase("""127.0.0.1 - - [28/Feb/2026:10:11:12 +0000] "GET / HTTP/1.1" 500 12""")]
    [TestCase("""{"level":"error","time":"2026-02-28T10:11:12Z","msg":"x"}""")]
    [TestCase("""{"level":50,"time":1772273472000,"msg":"x"}""")]
    [TestCase("level=error ts=2026-02-28T10:11:12Z msg=x")]
    [TestCase("node-1 | 2026-02-28 10:11:12 x")]
    public void TryRead_TimeInside_IsReadAndTheLineStaysWhole(string line)
    {
        Assert.That(new LineClock(TimeZoneInfo.Utc).TryRead(line, Latest, out var at, out var start), Is.True);
        Assert.That(at, Is.EqualTo(new DateTimeOffset(2026, 2, 28, 10, 11, 12, TimeSpan.Zero)));
        Assert.That(start, Is.Zero);
    }

    [TestCase("")]
    [TestCase("\tat com.shop.Cart.pay(Cart.java:2026)")]
    [TestCase("java.lang.IllegalStateException: of 2026-02-28")]
    [TestCase("2026-13-28 10:11:12 text")]
    [TestCase("2026-02-30 10:11:12 text")]
    [TestCase("12 tries, then 404")]
    [TestCase("1234567 text")]
    public void TryRead_NoTime_IsNone(string line) => Assert.That(new LineClock(TimeZoneInfo.Utc).TryRead(line, Latest, out _, out _), Is.False);

    [Test]
    public void TryRead_DateInsideALineOfALogWithTimesInFront_IsNoTime()
    {
        var clock = new LineClock(TimeZoneInfo.Utc);
        clock.TryRead("2026-02-28 10:11:12 ERROR retry", Latest, out _, out _);

        Assert.That(clock.TryRead("next at 2026-02-28 10:12:12", Latest, out _, out _), Is.False);
    }

    [Test]
    public void TryRead_NoZone_IsOfTheGivenOne()
    {
        new LineClock(TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam")).TryRead("2026-07-01 10:00:00 x", Latest.AddYears(1), out var at, out _);

        Assert.That(at.UtcDateTime, Is.EqualTo(new DateTime(2026, 7, 1, 8, 0, 0)));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool TryRead_AnyLine_NeverThrows(string? line) =>
        new LineClock(TimeZoneInfo.Utc).TryRead(line, Latest, out _, out var start) ? start <= line!.Length : start == 0;

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool TryRead_AnyMoment_ComesBack(DateTime moment)
    {
        var time = new DateTime(Math.Clamp(moment.Year, 1950, 2100), moment.Month, Math.Min(moment.Day, 28), moment.Hour, moment.Minute, moment.Second, moment.Millisecond, DateTimeKind.Utc);
        return new LineClock(TimeZoneInfo.Utc).TryRead(time.ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture) + " x", Latest, out var at, out _) && at.UtcDateTime == time;
    }
}

using Wercker.Pipeline.Heroku.Logs;

namespace Wercker.Pipeline.Heroku.Tests.Logs;

public class LogSeamTests
{
    private static readonly DateTimeOffset Start = new(2013, 10, 17, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Join_SessionResumedAtTheNextNumber_TakesEveryLine()
    {
        var seam = Read(Line(1), Line(1));

        seam.Open(Start, resumedAfter: "2");

        Assert.That(seam.Join(Line(1), "3"), Is.EqualTo(LogJoin.New), "a third line of the same instant");
        Assert.That(seam.Join(Line(2), "4"), Is.EqualTo(LogJoin.New));
        Assert.That(seam.Gap, Is.Null);
    }

    [TestCase("5")]
    [TestCase("1")]
    [TestCase("x")]
    [TestCase(null)]
    public void Join_SessionResumedAtAnotherNumber_IsDoubtful(string? id)
    {
        var seam = Read(Line(1), Line(2));

        seam.Open(Start, resumedAfter: "2");

        Assert.That(seam.Join(Line(3), id), Is.EqualTo(LogJoin.Doubtful));
    }

    [Test]
    public void Join_NewSession_PassesOverWhatWasRead()
    {
        var seam = Read(Line(1), Line(2), Line(2));

        seam.Open(Start, resumedAfter: null);

        Assert.That(
            new[] { Line(1), Line(2), Line(2), Line(2), Line(3) }.Select(line => seam.Join(line, null)),
            Is.EqualTo(new[] { LogJoin.Known, LogJoin.Known, LogJoin.Known, LogJoin.New, LogJoin.New }));
        Assert.That(seam.Gap, Is.Null);
    }

    [Test]
    public void Join_NewSessionThatBeginsLater_TellsOfTheGap()
    {
        var seam = Read(Line(1));

        seam.Open(Start, resumedAfter: null);

        Assert.That(seam.Join(Line(5), null), Is.EqualTo(LogJoin.New));
        Assert.That(seam.Gap!.IsLoss, Is.True);
        Assert.That(seam.Gap.Message, Does.Contain("kept nothing between"));
        Assert.That(seam.Join(Line(6), null), Is.EqualTo(LogJoin.New));
        Assert.That(seam.Gap, Is.Null, "once is enough");
    }

    [Test]
    public void Join_FullBufferThatBeginsAfterTheWindow_TellsOfTheGap()
    {
        var seam = new LogSeam(Start);
        seam.Open(Start.AddHours(1), resumedAfter: null);
        var gaps = 0;
        for (var i = 1; i <= LogSession.MostLines + 1; i++)
        {
            seam.Join(Line(i), null);
            gaps += seam.Gap is null ? 0 : 1;
        }

        Assert.That(gaps, Is.EqualTo(1));
    }

    private static LogSeam Read(params LogLine[] lines)
    {
        var seam = new LogSeam(Start);
        seam.Open(Start, resumedAfter: null);
        foreach (var line in lines)
        {
            seam.Join(line, null);
        }

        return seam;
    }

    private static LogLine Line(int second) => new($"line of {second}", Start.AddSeconds(second), "app", "web.1", "text");
}

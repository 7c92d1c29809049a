using Wercker.Pipeline.Heroku.Logs;

namespace Wercker.Pipeline.Heroku.Tests.Logs;

public class LogLineTests
{
    [Test]
    public void Parse_LineOfADyno_GivesItsParts()
    {
        var line = LogLine.Parse("2013-10-17T00:17:35.066089+00:00 app[web.1]: text: with [brackets]: in it ")!;

        Assert.That(line.At, Is.EqualTo(new DateTimeOffset(2013, 10, 17, 0, 17, 35, TimeSpan.Zero).AddMicroseconds(66089)));
        Assert.That((line.Source, line.Process, line.Message), Is.EqualTo(("app", "web.1", "text: with [brackets]: in it ")));
    }

    [TestCase("")]
    [TestCase("no time app[web.1]: x")]
    [TestCase(": keep-alive")]
    public void Parse_NoLineOfALog_IsNull(string text) => Assert.That(LogLine.Parse(text), Is.Null);

    [TestCase("heroku[logplex]: Error L10 (output buffer overflow): drain 'd.1' dropped 3 messages since 2013-10-17T00:17:35+00:00.", ExpectedResult = true)]
    [TestCase("heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped 1 messages since 2013-10-17T00:17:35+00:00.", ExpectedResult = true)]
    [TestCase("app[log-shuttle]: Error L12: 5 messages dropped since 2013-10-17T00:17:35+00:00", ExpectedResult = true)]
    [TestCase("app[web.1]: Error L10 happened, says the application", ExpectedResult = false)]
    [TestCase("heroku[router]: at=error code=H12 desc=\"Request timeout\"", ExpectedResult = false)]
    public bool IsLoss_Line_TellsWhetherThePlatformLostLines(string text) => LogLine.Parse("2013-10-17T00:17:35+00:00 " + text)!.IsLoss;

    [TestCase(HerokuLogSource.PlatformErrors, "heroku[router]: at=error code=H12 desc=\"Request timeout\" method=GET", ExpectedResult = true)]
    [TestCase(HerokuLogSource.PlatformErrors, "heroku[router]: at=info code=H80 desc=\"Maintenance mode\"", ExpectedResult = false)]
    [TestCase(HerokuLogSource.PlatformErrors, "heroku[web.1]: Error R14 (Memory quota exceeded)", ExpectedResult = true)]
    [TestCase(HerokuLogSource.PlatformErrors, "app[web.1]: Error R14 says the application", ExpectedResult = false)]
    [TestCase("dyno:web", "app[web.1]: x", ExpectedResult = true)]
    [TestCase("dyno:web", "app[webber.1]: x", ExpectedResult = false)]
    [TestCase("source:app dyno:web.1 x$", "app[web.1]: ax", ExpectedResult = true)]
    [TestCase("", "app[web.1]: x", ExpectedResult = true)]
    public bool Filter_Query_Matches(string query, string text) => LogFilter.Parse(query).Matches(LogLine.Parse("2013-10-17T00:17:35+00:00 " + text)!);
}

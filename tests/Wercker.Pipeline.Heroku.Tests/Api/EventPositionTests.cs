using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Tests.Api;

public class EventPositionTests
{
    [TestCase("3 4", "3 4", Description = "the server went on")]
    [TestCase("1 2 3", "3", Description = "the server began again")]
    [TestCase("", "", Description = "nothing more")]
    public void IsNew_AfterABreak_PassesOverWhatWasRead(string ids, string expected)
    {
        var position = new EventPosition();
        position.Reopen();
        position.IsNew("1");
        position.IsNew("2");
        Assert.That(position.LastId, Is.EqualTo("2"));

        position.Reopen();

        Assert.That(Words(ids).Where(position.IsNew), Is.EqualTo(Words(expected)));
    }

    [Test]
    public void IsNew_EventsWithoutIds_AreCounted()
    {
        var position = new EventPosition();
        position.Reopen();
        position.IsNew(string.Empty);
        position.IsNew(string.Empty);
        Assert.That(position.LastId, Is.Null);

        position.Reopen();

        Assert.That(Enumerable.Repeat(string.Empty, 3).Count(position.IsNew), Is.EqualTo(1));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

using Wercker.Pipeline.Dashboard.Live;

namespace Wercker.Pipeline.Dashboard.Tests.Live;

public class LiveRingTests
{
    [Test]
    public void Take_ViewerThatIsTooSlow_IsToldThatItIsGoneAndKeepsNobody()
    {
        var ring = new LiveRing(default, mostFrames: 10);
        for (var i = 1; i <= 100; i++)
        {
            ring.Add(Frame(i));
        }

        var taken = new List<LiveFrame>();
        Assert.That(ring.Take(0, taken).IsGone, Is.True);
        Assert.That(taken, Is.Empty);
        Assert.That(ring.Take(90, taken).IsGone, Is.False);
        Assert.That(taken.Select(frame => frame.Id), Is.EqualTo(Enumerable.Range(91, 10).Select(i => $"{i}-0")));
        Assert.That(ring.Oldest, Is.EqualTo(new LiveCursor(90, 0)));
    }

    [Test]
    public void Add_ManyBytes_KeepsNotMoreThanItMay()
    {
        var ring = new LiveRing(default, mostFrames: 1000, mostBytes: 10_000);
        for (var i = 1; i <= 100; i++)
        {
            ring.Add(new LiveFrame("log", new byte[3000], new LiveCursor(0, i)));
        }

        var taken = new List<LiveFrame>();
        ring.Take(ring.Find(new LiveCursor(0, 97))!.Value, taken);
        Assert.That(taken, Has.Count.EqualTo(3));
        Assert.That(ring.Find(new LiveCursor(0, 90)), Is.Null);
    }

    [Test]
    public void Find_WhatAViewerHas_GivesTheFirstNewFrame()
    {
        var ring = new LiveRing(new LiveCursor(3, 0));
        ring.Add(Frame(4));
        ring.Add(Frame(5));
        Assert.That(ring.Find(new LiveCursor(2, 0)), Is.Null, "less than the ring begins with");
        Assert.That(ring.Find(new LiveCursor(3, 0)), Is.EqualTo(0));
        Assert.That(ring.Find(new LiveCursor(4, 0)), Is.EqualTo(1));
        Assert.That(ring.Find(new LiveCursor(5, 0)), Is.EqualTo(2));
        ring.Add(LiveFrame.End(DeployStatus.Succeeded, new LiveCursor(5, 0)));
        Assert.That(ring.Find(new LiveCursor(5, 0)), Is.EqualTo(2), "the end is seen by those who have everything");
    }

    [Test]
    public async Task Take_NothingThere_IsWokenByTheNext()
    {
        var ring = new LiveRing(default);
        var taken = new List<LiveFrame>();
        var (more, isOver, _) = ring.Take(0, taken);
        Assert.That((more.IsCompleted, isOver), Is.EqualTo((false, false)));
        ring.Add(Frame(1));
        await more.WaitAsync(TimeSpan.FromMinutes(1));
        ring.Take(0, taken);
        Assert.That(taken, Has.Count.EqualTo(1));
        taken.Clear();
        ring.Complete();
        Assert.That(ring.Take(1, taken).IsOver, Is.True);
    }

    [TestCase("12-340", 12, 340)]
    [TestCase("0-0", 0, 0)]
    public void Parse_Cursor_IsRead(string text, long sequence, long line) => Assert.That(LiveCursor.Parse(text), Is.EqualTo(new LiveCursor(sequence, line)));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("1")]
    [TestCase("-1-2")]
    [TestCase("1-2-3")]
    [TestCase("1-99999999999999999999")]
    [TestCase("a-b")]
    public void Parse_Nonsense_IsNothing(string? text) => Assert.That(LiveCursor.Parse(text), Is.Null);

    private static LiveFrame Frame(long sequence) => new("event", "{}"u8.ToArray(), new LiveCursor(sequence, 0));
}

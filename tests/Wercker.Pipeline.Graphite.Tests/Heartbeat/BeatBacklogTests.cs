using Wercker.Pipeline.Graphite.Heartbeat;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

public class BeatBacklogTests
{
    private readonly BeatBacklog _backlog = new();

    [Test]
    public void Broke_AfterSent_TheLastBeatWaitsAgainBeforeTheNext()
    {
        Add(1, 2);
        _backlog.Sent();
        Add(3);
        _backlog.Sent();
        Add(4);

        _backlog.Broke();

        Assert.That(Numbers, Is.EqualTo(new[] { 3, 4 }));
    }

    [Test]
    public void Broke_Twice_RepeatsNothing()
    {
        Add(1);
        _backlog.Sent();

        _backlog.Broke();
        _backlog.Broke();

        Assert.That(Numbers, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Add_LongOutage_KeepsTheLastTwenty()
    {
        Add([.. Enumerable.Range(1, 50)]);

        Assert.That(Numbers, Is.EqualTo(Enumerable.Range(31, 20)));
    }

    private IEnumerable<long> Numbers => _backlog.Waiting.Select(beat => beat.Number);

    private void Add(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            _backlog.Add(new Beat(number, number));
        }
    }
}

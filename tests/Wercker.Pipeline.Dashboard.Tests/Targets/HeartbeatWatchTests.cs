using Microsoft.Extensions.Time.Testing;
using Moq;
using Wercker.Pipeline.Dashboard.Targets;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Dashboard.Tests.Targets;

public class HeartbeatWatchTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2013, 4, 19, 10, 0, 0, TimeSpan.Zero));
    private readonly Mock<IMetricSource> _source = new();

    [TestCase(10, 20, HeartbeatState.Seen, "2 hosts beat.")]
    [TestCase(10, 89, HeartbeatState.Seen, "2 hosts beat.")]
    [TestCase(10, 91, HeartbeatState.NotSeen, "shop.web-2.heartbeat stopped more than 90 seconds ago.")]
    public async Task Look_LastBeatsOfTwoHosts_TellsWhetherBothBeat(int first, int second, HeartbeatState state, string message)
    {
        Answer(Series("web-1", first), Series("web-2", second));
        var seen = await LookAsync();
        Assert.That((seen.State, seen.Message), Is.EqualTo((state, message)));
        Assert.That(seen.Hosts["shop.web-1.heartbeat"], Is.EqualTo(_clock.GetUtcNow().AddSeconds(-first)));
    }

    [Test]
    public async Task Look_HostThatWasReplaced_IsNotMissed()
    {
        Answer(Series("web-1", 10), new MetricSeries("shop.old.heartbeat", [(_clock.GetUtcNow().AddMinutes(-4), null)]));
        var seen = await LookAsync();
        Assert.That((seen.State, seen.Message, seen.Hosts["shop.old.heartbeat"]), Is.EqualTo((HeartbeatState.Seen, "One host beats.", (DateTimeOffset?)null)));
    }

    [Test]
    public async Task Look_NoSeries_IsNotSeen()
    {
        Answer();
        Assert.That((await LookAsync()).State, Is.EqualTo(HeartbeatState.NotSeen));
    }

    [Test]
    public async Task Look_SourceThatCannotBeAsked_IsUnknownAndShowsNoSecret()
    {
        _source.Setup(source => source.Name).Returns("Graphite");
        _source.Setup(source => source.Secrets).Returns([new Secret("s3cr3t-password")]);
        _source.Setup(source => source.QueryAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("401 for s3cr3t-password"));
        var seen = await LookAsync();
        Assert.That((seen.State, seen.Message), Is.EqualTo((HeartbeatState.Unknown, "Graphite could not be asked: 401 for ***")));
    }

    [Test]
    public async Task Look_SettingsThatAreWrong_SayWhatIsMissing()
    {
        var seen = await new HeartbeatWatch(() => throw new ConfigurationException("GRAPHITE_TOKEN is not set."), "x", TimeSpan.FromSeconds(30)).LookAsync(_clock, default);
        Assert.That((seen.State, seen.Message), Is.EqualTo((HeartbeatState.Unknown, "GRAPHITE_TOKEN is not set.")));
    }

    [Test]
    public async Task Look_ManyPeopleAtOnce_AskOnceInTenSeconds()
    {
        Answer(Series("web-1", 1));
        var watch = Watch();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => watch.LookAsync(_clock, default)));
        _clock.Advance(TimeSpan.FromSeconds(9));
        await watch.LookAsync(_clock, default);
        _source.Verify(source => source.QueryAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>()), Times.Once);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await watch.LookAsync(_clock, default);
        _source.Verify(source => source.QueryAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>()), Times.Exactly(2));
    }

    private HeartbeatWatch Watch() => new(() => _source.Object, "shop.*.heartbeat", TimeSpan.FromSeconds(30));

    private Task<HeartbeatModel> LookAsync() => Watch().LookAsync(_clock, default);

    private void Answer(params MetricSeries[] series)
    {
        _source.Setup(source => source.Secrets).Returns([]);
        _source.Setup(source => source.QueryAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync(series);
    }

    private MetricSeries Series(string host, int secondsAgo) => new(
        $"shop.{host}.heartbeat", [(_clock.GetUtcNow().AddSeconds(-secondsAgo - 30), 1), (_clock.GetUtcNow().AddSeconds(-secondsAgo), 2), (_clock.GetUtcNow(), null)]);
}

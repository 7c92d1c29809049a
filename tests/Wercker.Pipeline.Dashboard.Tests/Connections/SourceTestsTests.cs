using Microsoft.Extensions.Time.Testing;
using Moq;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Dashboard.Tests.Connections;

public class SourceTestsTests
{
    private static readonly DateTimeOffset Now = new(2013, 4, 19, 10, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Now);

    [Test]
    public async Task LogSource_WithEntries_SaysHowManyAndWhenTheLatestWas()
    {
        var source = Log(new LogEntry(Now.AddMinutes(-1), "b"), new LogEntry(Now.AddMinutes(-5), "a"));
        Assert.That(
            await SourceTests.Of(() => source.Object, "error")(_clock, default),
            Is.EqualTo("It answers: 2 entries for 'error' in the last 15 minutes, the latest at 2013-04-19 09:59:00 UTC."));
        source.Verify(one => one.ReadAsync(new SourceQuery("error", Now.AddMinutes(-15), Now), It.IsAny<CancellationToken>()));
    }

    [Test]
    public async Task LogSource_WithoutEntries_AnswersAllTheSame() => Assert.That(
        await SourceTests.Of(() => Log().Object, string.Empty)(_clock, default), Is.EqualTo("It answers. It has no entry in the last 15 minutes."));

    [Test]
    public void LogSource_ThatCannotBeAsked_ThrowsWithoutItsSecrets()
    {
        var source = new Mock<ILogSource>();
        source.Setup(one => one.Name).Returns("Loggly");
        source.Setup(one => one.Secrets).Returns([new Secret("t0ken-of-loggly")]);
        source.Setup(one => one.ReadAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>())).Throws(new IOException("403 for token t0ken-of-loggly"));
        Assert.That(async () => await SourceTests.Of(() => source.Object, string.Empty)(_clock, default), Throws.InstanceOf<IOException>().With.Message.EqualTo("403 for token ***"));
    }

    [Test]
    public async Task MetricSource_WithSeries_CountsWhatWasMeasured()
    {
        var source = new Mock<IMetricSource>();
        source.Setup(one => one.Secrets).Returns([]);
        source.Setup(one => one.QueryAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync([new MetricSeries("a", [(Now, 1), (Now, null)]), new MetricSeries("b", [(Now, 2)])]);
        Assert.That(await SourceTests.Of(() => source.Object, "shop.*")(_clock, default), Is.EqualTo("It answers: 2 series for 'shop.*', with 2 values in the last 15 minutes."));
    }

    private static Mock<ILogSource> Log(params LogEntry[] entries)
    {
        var source = new Mock<ILogSource>();
        source.Setup(one => one.Secrets).Returns([]);
        source.Setup(one => one.ReadAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>())).Returns(entries.ToAsyncEnumerable());
        return source;
    }
}

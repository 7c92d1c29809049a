using System.Net;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing.Contracts;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.Prometheus.Tests.RealPrometheus;

namespace Wercker.Pipeline.Prometheus.Tests;

/// <summary>Against real Prometheus.</summary>
public class PrometheusMetricSourceTests
{
    private static IEnumerable<TestCaseData> Rules() => ContractAt(0).Rules.Select((rule, i) => new TestCaseData(i).SetArgDisplayNames(rule.Name));

    [TestCaseSource(nameof(Rules))]
    public Task Source_EveryRuleOfTheContract_Holds(int rule) => ContractAt(rule).Rules[rule].VerifyAsync(CancellationToken.None);

    [Test]
    public async Task QueryAsync_Selector_GivesTheSamplesAsTheyWereScraped()
    {
        await WriteAsync("scraped", "web1", (0.25, 1), (15.5, 2), (300, double.PositiveInfinity), (315, double.NaN));

        var series = await QueryAsync("scraped", 0, 400);

        Assert.That(series.Single().Name, Is.EqualTo("scraped{instance=\"web1\"}"));
        Assert.That(series.Single().Points, Is.EqualTo(new (DateTimeOffset, double?)[]
        {
            (Past.AddSeconds(0.25), 1), (Past.AddSeconds(15.5), 2), (Past.AddSeconds(300), double.PositiveInfinity), (Past.AddSeconds(315), null),
        }));
    }

    [Test]
    public async Task QueryAsync_SeriesThatEnded_HasNoPointAfterItsEnd()
    {
        await WriteAsync("ended", "web1", (0, 1), (5, 1));

        Assert.That((await QueryAsync("ended{instance=~\"web.*\"}", 0, 60)).Single().Points[^1].At, Is.EqualTo(Past.AddSeconds(5)));
        Assert.That(await QueryAsync("ended", 6, 60), Is.Empty);
    }

    [Test]
    public async Task QueryAsync_ComputedExpression_HasAPointEachStep()
    {
        await WriteAsync("computed", "web1", (0, 1), (10, 2), (20, 3));
        await WriteAsync("computed", "web2", (0, 10), (10, 20), (20, 30));

        var series = await Source(step: TimeSpan.FromSeconds(10)).QueryAsync(new SourceQuery("sum by (instance) (computed)", Past, Past.AddSeconds(30)), CancellationToken.None);

        Assert.That(series.Select(one => one.Name), Is.EquivalentTo(new[] { "{instance=\"web1\"}", "{instance=\"web2\"}" }));
        Assert.That(series[0].Points.Select(point => point.At), Is.EqualTo(new[] { Past, Past.AddSeconds(10), Past.AddSeconds(20) }));
    }

    [Test]
    public async Task QueryAsync_ZeroDividedByZero_IsNoValue()
    {
        await WriteAsync("nothing", "web1", (0, 0), (10, 0));

        var series = await Source(step: TimeSpan.FromSeconds(10)).QueryAsync(new SourceQuery("nothing / nothing", Past, Past.AddSeconds(20)), CancellationToken.None);

        Assert.That(series.Single().Points.Select(point => point.Value), Is.All.Null);
    }

    [Test]
    public async Task QueryAsync_AbsentSeries_IsOne()
    {
        var series = await QueryAsync("absent(nobody{app=\"shop\"})", 0, 3);

        Assert.That(series.Single().Name, Is.EqualTo("{app=\"shop\"}"));
        Assert.That(series.Single().Points.Select(point => point.Value), Is.EqualTo(new double?[] { 1, 1, 1 }));
    }

    [Test]
    public async Task QueryAsync_WindowThatEndsInTheFuture_HasNoPointsOfTheFuture()
    {
        var now = DateTimeOffset.UtcNow;
        await Server.WriteAsync([("__name__", "future")], (now.AddSeconds(-1).ToUnixTimeMilliseconds(), 1));

        var series = await Source().QueryAsync(new SourceQuery("future + 0", now.AddSeconds(-5), now.AddMinutes(2)), CancellationToken.None);

        Assert.That(series.Single().Points[^1].At, Is.LessThanOrEqualTo(DateTimeOffset.UtcNow));
    }

    [Test]
    public async Task QueryAsync_WindowOfAMonthBySeconds_StaysBelowTheLimitOfPoints()
    {
        var series = await Source().QueryAsync(new SourceQuery("vector(1)", Past.AddDays(-30), Past), CancellationToken.None);

        Assert.That(series.Single().Points, Has.Count.InRange(10_000, 11_000));
        Assert.That(series.Single().Name, Is.EqualTo("vector(1)"));
    }

    [Test]
    public async Task QueryAsync_LongExpression_IsAnswered()
    {
        await WriteAsync("long", "web1", (0, 7));

        var series = await QueryAsync($"{{__name__=\"long\",instance=~\"web1|{string.Join('|', Enumerable.Range(0, 1000).Select(i => $"nobody{i}"))}\"}}", 0, 1);

        Assert.That(series.Single().Points.Single().Value, Is.EqualTo(7));
    }

    [TestCase("sum(up", "400 Bad Request: bad_data: ")]
    [TestCase("up{", "400 Bad Request: bad_data: ")]
    [TestCase("up[5m]", "bad_data: ")]
    [TestCase("\"text\"", "bad_data: ")]
    public async Task QueryAsync_ExpressionThatIsNone_ThrowsWithPrometheusWords(string expression, string words)
    {
        var fault = (await Assert.ThrowsAsync<PrometheusException>(() => QueryAsync(expression, 0, 5)))!;

        Assert.That(fault.Message, Does.StartWith($"Prometheus at {Server.Url.Authority}: query {expression} was answered with ").And.Contain(words));
        Assert.That(fault.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task QueryAsync_BehindAProxyWithBasicAuthentication_NeedsTheRightPassword()
    {
        await WriteAsync("proxied", "web1", (0, 1));
        await using var proxy = await NginxProxy.StartAsync(Server.Url, "shop", "s3cret", Server.Url);
        var open = new PrometheusOptions { Url = new Uri(proxy.Url, "graphite") };

        Assert.That(await AskAsync(open with { User = "shop", Password = new Secret("s3cret") }), Has.Count.EqualTo(1));
        Assert.That(() => AskAsync(open), Throws.TypeOf<PrometheusException>().With.Message.Contains("it wants credentials"));

        static async Task<IReadOnlyList<MetricSeries>> AskAsync(PrometheusOptions options) =>
            await new PrometheusMetricSource(Client, options).QueryAsync(new SourceQuery("proxied", Past, Past.AddSeconds(1)), CancellationToken.None);
    }

    [Test]
    public async Task Target_NobodyAnswers_UpIsZero()
    {
        // Prometheus finds its targets five seconds after it starts; nobody listens on this port.
        var target = $"127.0.0.1:{ServerProcess.FreePort()}";
        await using var scraping = await PrometheusServer.StartAsync(target);
        var started = DateTimeOffset.UtcNow;

        await ServerProcess.UntilAsync("up is 0", async () =>
        {
            var up = await Source(scraping.Url).QueryAsync(new SourceQuery("up", started, DateTimeOffset.UtcNow), CancellationToken.None);
            return up is [{ Points: [.., (_, 0.0)] }];
        });
    }

    // All rules write the same series, each in a minute of its own: a rule that comes later writes later.
    private static MetricSourceContract ContractAt(int rule) => new(
        async (series, _) =>
        {
            foreach (var one in series)
            {
                await Server.WriteAsync([("__name__", one.Name)], one.Points.Where(point => point.Value is not null).Select(point => (point.At.ToUnixTimeMilliseconds(), point.Value!.Value)));
            }

            return Source();
        },
        _ => new(Source(new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}"))),
        Past.AddMinutes(rule),
        TimeSpan.FromSeconds(1),
        "shop_web_heartbeat");

    private static Task WriteAsync(string name, string instance, params (double Second, double Value)[] samples) =>
        Server.WriteAsync([("__name__", name), ("instance", instance)], samples.Select(sample => (Past.AddSeconds(sample.Second).ToUnixTimeMilliseconds(), sample.Value)));

    private static async Task<IReadOnlyList<MetricSeries>> QueryAsync(string expression, int from, int until) =>
        await Source().QueryAsync(new SourceQuery(expression, Past.AddSeconds(from), Past.AddSeconds(until)), CancellationToken.None);
}

using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing.Contracts;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.Graphite.Tests.RealGraphite;

namespace Wercker.Pipeline.Graphite.Tests;

/// <summary>Against real Graphite.</summary>
public class GraphiteMetricSourceTests
{
    private static IEnumerable<TestCaseData> Rules() => ContractAt(0).Rules.Select((rule, i) => new TestCaseData(i).SetArgDisplayNames(rule.Name));

    [TestCaseSource(nameof(Rules))]
    public Task Source_EveryRuleOfTheContract_Holds(int rule) => ContractAt(rule).Rules[rule].VerifyAsync(CancellationToken.None);

    [Test]
    public async Task QueryAsync_Wildcard_GivesAllSeriesByName()
    {
        await Server.WriteAsync([.. Seconds("all.web1.load", Past, 1, 2), .. Seconds("all.web2.load", Past, 3)]);

        var series = await QueryAsync("all.*.load", 0, 2);

        Assert.That(series.Select(one => one.Name), Is.EquivalentTo(new[] { "all.web1.load", "all.web2.load" }));
        Assert.That(series.Single(one => one.Name.Contains("web2", StringComparison.Ordinal)).Points, Is.EqualTo(new (DateTimeOffset, double?)[] { (Past, 3), (Past.AddSeconds(1), null) }));
    }

    [Test]
    public async Task QueryAsync_WindowWithinSeconds_HoldsOnlyPointsInIt()
    {
        await Server.WriteAsync(Seconds("within.load", Past, 1, 2, 3, 4));

        var series = await Source().QueryAsync(new SourceQuery("within.load", Past.AddSeconds(0.5), Past.AddSeconds(2.5)), CancellationToken.None);

        Assert.That(series.Single().Points.Select(point => point.Value), Is.EqualTo(new double?[] { 2, 3 }));
        Assert.That(await Source().QueryAsync(new SourceQuery("within.load", Past.AddSeconds(0.2), Past.AddSeconds(0.7)), CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task QueryAsync_BucketOfTheRelease_IsLeftOutForItHoldsTheOldVersionToo()
    {
        var at = Past.ToUnixTimeSeconds();
        await Server.WriteAsync(("minute.load", 1, at), ("minute.load", 2, at + 60), ("minute.load", 3, at + 120));

        var series = await QueryAsync("minute.load", 1, 180);

        Assert.That(series.Single().Points, Is.EqualTo(new (DateTimeOffset, double?)[] { (Past.AddSeconds(60), 2), (Past.AddSeconds(120), 3) }));
    }

    [Test]
    public async Task QueryAsync_UnfinishedBucket_IsLeftOut()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var bucket = now - (now % 60);
        await Server.WriteAsync(("minute.now", 1, bucket - 60), ("minute.now", 2, bucket));

        var series = await Source().QueryAsync(new SourceQuery("minute.now", At(bucket - 120), At(bucket + 600)), CancellationToken.None);

        // The minute may have ended meanwhile; the one that runs now is never there.
        var end = series.Single().Points[^1].At.AddSeconds(60);
        Assert.That(end, Is.LessThanOrEqualTo(DateTimeOffset.UtcNow).And.GreaterThanOrEqualTo(At(bucket)));
    }

    [Test]
    public async Task QueryAsync_ExpressionLongerThanAnAddress_IsAnswered()
    {
        await Server.WriteAsync(Seconds("long.load", Past, 7));
        var expression = $"sumSeries({string.Join(',', Enumerable.Range(0, 400).Select(i => $"long.nobody{i}.load"))},long.load)";

        var series = await QueryAsync(expression, 0, 1);

        Assert.That(series.Single().Points.Single().Value, Is.EqualTo(7));
    }

    [TestCase("nofunc(a.b)", "400 Bad Request: Invalid parameters (Received request for unknown function: nofunc)")]
    [TestCase("movingAverage(said.load)", "500 Internal Server Error: TypeError: ")]
    [TestCase("summarize(said.load,'foo')", "500 Internal Server Error: ")]
    public async Task QueryAsync_ExpressionThatGraphiteRefuses_ThrowsWithItsWords(string expression, string words)
    {
        await Server.WriteAsync(Seconds("said.load", Past, 1));

        var fault = (await Assert.ThrowsAsync<GraphiteException>(() => QueryAsync(expression, 0, 5)))!;

        Assert.That(fault.Message, Does.StartWith($"Graphite at {Server.Url.Authority}: render {expression} was answered with {words}"));
        Assert.That(fault.Message, Does.Not.Contain("<").And.Not.Contain("Traceback"));
    }

    [Test]
    public async Task QueryAsync_ParenthesisMissing_ThrowsAlthoughGraphiteAnswersNothing()
    {
        var fault = (await Assert.ThrowsAsync<ConfigurationException>(() => QueryAsync("sumSeries(shop.*.heartbeat", 0, 5)))!;

        Assert.That(fault.Message, Does.Contain("at character 10: '(' is never closed"));
    }

    [Test]
    public void QueryAsync_NobodyListens_Throws() =>
        Assert.That(
            async () => await Source(new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}")).QueryAsync(new SourceQuery("a.b", Past, Past.AddSeconds(5)), CancellationToken.None),
            Throws.TypeOf<GraphiteException>().With.Message.Contains("got no answer: Connection refused"));

    [Test]
    public async Task QueryAsync_BehindAProxyWithBasicAuthentication_NeedsTheRightPassword()
    {
        await Server.WriteAsync(Seconds("proxied.load", Past, 1));
        await using var elsewhere = await NginxProxy.StartAsync(Server.Url, "shop", "other", Server.Url);
        await using var proxy = await NginxProxy.StartAsync(Server.Url, "shop", "s3cret/+", elsewhere.Url);
        var open = new GraphiteOptions { Url = new Uri(proxy.Url, "graphite") };
        var right = open with { User = "shop", Password = new Secret("s3cret/+") };

        Assert.That(await AskAsync(right), Has.Count.EqualTo(1));
        Assert.That(() => AskAsync(open), Fails("401 Unauthorized: it wants credentials"));
        Assert.That(() => AskAsync(open with { User = "shop", Password = new Secret("wrong") }), Fails("401 Unauthorized: the basic credentials were refused"));
        Assert.That(() => AskAsync(open with { Token = new Secret("tok") }), Fails("the bearer credentials were refused"));
        Assert.That(() => AskAsync(right with { Url = proxy.Url }), Fails("502 Bad Gateway: Graphite is down"));
        Assert.That(() => AskAsync(right with { Url = new Uri(proxy.Url, "moved") }), Fails($"was redirected to {elsewhere.Url}, which is not followed"));

        async Task<IReadOnlyList<MetricSeries>> AskAsync(GraphiteOptions options) =>
            await new GraphiteMetricSource(Client, options).QueryAsync(new SourceQuery("proxied.load", Past, Past.AddSeconds(1)), CancellationToken.None);

        static NUnit.Framework.Constraints.Constraint Fails(string words) => Throws.TypeOf<GraphiteException>().With.Message.Contains(words);
    }

    // All rules write the same metric, each in a minute of its own.
    private static MetricSourceContract ContractAt(int rule) => new(
        async (series, _) =>
        {
            await Server.WriteAsync([.. series.SelectMany(one => one.Points.Where(point => point.Value is not null).Select(point => (one.Name, point.Value!.Value, point.At.ToUnixTimeSeconds())))]);
            return Source();
        },
        _ => new(Source(new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}"))),
        Past.AddMinutes(rule),
        TimeSpan.FromSeconds(1));

    private static DateTimeOffset At(long second) => DateTimeOffset.FromUnixTimeSeconds(second);

    private static async Task<IReadOnlyList<MetricSeries>> QueryAsync(string expression, int from, int until) =>
        await Source().QueryAsync(new SourceQuery(expression, Past.AddSeconds(from), Past.AddSeconds(until)), CancellationToken.None);
}

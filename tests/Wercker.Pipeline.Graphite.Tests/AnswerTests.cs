using System.Diagnostics;
using System.Net;
using System.Text;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Graphite.Tests;

/// <summary>How answers are read that a healthy Graphite on this machine does not give.</summary>
public class AnswerTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_760_000_040);

    [Test]
    public async Task QueryAsync_NullsAndInfinity_StayWhatTheyAre()
    {
        var series = await AskAsync(Answers("""[{"tags": {"name": "a", "x": {"y": [1]}}, "datapoints": [[null, 1760000040], [1e9999, 1760000050], [-2.5e-3, 1760000060]], "target": "a"}]"""));

        Assert.That(series.Single().Points.Select(point => point.Value), Is.EqualTo(new double?[] { null, double.PositiveInfinity, -0.0025 }));
    }

    [Test]
    public async Task QueryAsync_PointsAtUnevenTimes_KeepTheirTimes()
    {
        var series = await AskAsync(Answers("""[{"target": "a", "datapoints": [[1, 1760000040], [2, 1760000050], [3, 1760000055], [4, 1760000075]]}]"""));

        Assert.That(series.Single().Points.Select(point => point.At.ToUnixTimeSeconds()), Is.EqualTo(new[] { 1760000040, 1760000050, 1760000055, 1760000075 }));
    }

    [Test]
    public async Task QueryAsync_ServerWhoseClockIsBehind_ItsClockSaysWhichBucketIsOver()
    {
        var server = new ScriptedServer(() => ScriptedServer.Json("""[{"target": "a", "datapoints": [[1, 1760000040], [2, 1760000100], [3, 1760000160]]}]""", Start.AddSeconds(125)));

        var series = await AskAsync(server.Source());

        Assert.That(series.Single().Points.Select(point => point.Value), Is.EqualTo(new double?[] { 1, 2 }).Or.EqualTo(new double?[] { 1 }), "the answer may take longer than five seconds on a busy machine");
    }

    [TestCase("<html><h1>Welcome</h1></html>", "text/html", "was answered with text/html instead of JSON")]
    [TestCase("PNG", "image/png", "was answered with image/png instead of JSON")]
    [TestCase("""{"error": "x"}""", "application/json", "was answered with JSON that is not Graphite's")]
    [TestCase("""[{"target": "a"}]""", "application/json", "a series has no target or no datapoints")]
    [TestCase("""[{"target": 3, "datapoints": []}]""", "application/json", "was answered with JSON that is not Graphite's")]
    [TestCase("""[{"target": "a", "datapoints": [["1", 2]]}]""", "application/json", "datapoints must be pairs of a value and a second")]
    [TestCase("""[{"target": "a", "datapoints": [[1, 1760000040]""", "application/json", "was answered with JSON that is not Graphite's")]
    public async Task QueryAsync_SomethingElseThanSeries_ThrowsAndSaysWhat(string body, string type, string words) =>
        Assert.That((await FaultAsync(new ScriptedServer(() => ScriptedServer.Page(HttpStatusCode.OK, body, type)).Source())).Message, Does.Contain(words).And.Contain("graphite.example.com: render a"));

    [Test]
    public async Task QueryAsync_HiccupsOfAProxy_AreAskedAgain()
    {
        var server = new ScriptedServer(() => throw new HttpRequestException("reset"), () => ScriptedServer.Page(HttpStatusCode.BadGateway, ""), () => ScriptedServer.Json("[]"));

        Assert.That(await AskAsync(server.Source()), Is.Empty);
        Assert.That(server.Asked, Is.EqualTo(3));
    }

    [Test]
    public async Task QueryAsync_ErrorOfTheServerOnce_IsAskedAgain()
    {
        var server = new ScriptedServer(() => ScriptedServer.Page(HttpStatusCode.InternalServerError, "<h1>Server Error (500)</h1>"), () => ScriptedServer.Json("[]"));

        Assert.That(await AskAsync(server.Source()), Is.Empty);
        Assert.That(server.Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task QueryAsync_ErrorOfTheExpression_IsSaid()
    {
        var server = new ScriptedServer(() => ScriptedServer.Page(HttpStatusCode.InternalServerError, "<pre>Traceback\n  File &quot;x&quot;\nKeyError: &#x27;f&#x27;\n</pre>"));

        var fault = await FaultAsync(server.Source());

        Assert.That(fault.Message, Does.EndWith("500 Internal Server Error: KeyError: 'f'"));
        Assert.That(server.Asked, Is.EqualTo(4), "it is asked again, for the same answer comes while carbon makes a file");
    }

    [Test]
    public async Task QueryAsync_PageThatRepeatsTheCredentials_IsMasked()
    {
        var server = new ScriptedServer(() => ScriptedServer.Page(HttpStatusCode.BadRequest, "got Authorization: Bearer tok-123456"));

        var fault = await FaultAsync(server.Source(new GraphiteOptions { Url = new Uri("http://graphite.example.com"), Token = new Secret("tok-123456") }));

        Assert.That(fault.ToString(), Does.Contain("Bearer ***").And.Not.Contain("tok-123456"));
    }

    [Test]
    public async Task QueryAsync_EndlessAnswer_IsCutOff()
    {
        var endless = new ScriptedServer(() => ScriptedServer.Json(new SeriesStream(int.MaxValue, 1)));

        var fault = await FaultAsync(endless.Source(new GraphiteOptions { Url = new Uri("http://graphite.example.com"), MaximumAnswerBytes = 1_000_000 }));

        Assert.That(fault.Message, Does.Contain("the answer is longer than 1000000 bytes"));
    }

    [Test]
    public async Task QueryAsync_AnswerThatNeverComes_EndsAtTheTimeLimit()
    {
        var server = new ScriptedServer(() => ScriptedServer.Json(new SilentStream()));

        var fault = await FaultAsync(server.Source(new GraphiteOptions { Url = new Uri("http://graphite.example.com"), Timeout = TimeSpan.FromMilliseconds(100) }));

        Assert.That(fault.Message, Does.Contain("was not answered in full within 0.1 seconds"));
    }

    [Test]
    public async Task QueryAsync_HundredThousandSeriesOfSixtyPoints_AreReadInSecondsAndLittleMemory()
    {
        const int series = 100_000, points = 60;
        var source = new ScriptedServer(() => ScriptedServer.Json(new SeriesStream(series, points))).Source();
        var (before, started) = (GC.GetTotalMemory(true), Process.GetCurrentProcess().TotalProcessorTime);

        var read = await source.QueryAsync(new SourceQuery("a", Start, Start.AddHours(2)), CancellationToken.None);

        var (elapsed, held) = (Process.GetCurrentProcess().TotalProcessorTime - started, (GC.GetTotalMemory(true) - before) / 1024 / 1024);
        TestContext.Out.WriteLine($"{elapsed.TotalSeconds:0.00} s, {held} MiB");
        Assert.That(read, Has.Count.EqualTo(series));
        Assert.That(read[^1].Points, Has.Count.EqualTo(points));
        Assert.That(held, Is.LessThan(100));
        Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "processor time; some 2 s on an idle machine");
    }

    [TestCase("ftp://graphite.example.com")]
    [TestCase("http://user:secret@graphite.example.com")]
    [TestCase("http://graphite.example.com/?x=1")]
    public void Constructor_AddressThatIsNone_IsRefusedWithoutRepeatingIt(string url)
    {
        var fault = Assert.Throws<ConfigurationException>(() => new ScriptedServer().Source(new GraphiteOptions { Url = new Uri(url) }))!;

        Assert.That(fault.Message, Does.Not.Contain("secret"));
    }

    [Test]
    public void Constructor_CredentialsOfTwoKinds_AreRefused() =>
        Assert.Throws<ConfigurationException>(() => new ScriptedServer().Source(new GraphiteOptions { Url = new Uri("http://a"), User = "a", Password = new Secret("b"), Token = new Secret("c") }));

    private static GraphiteMetricSource Answers(string json) => new ScriptedServer(() => ScriptedServer.Json(json)).Source();

    private static async Task<IReadOnlyList<MetricSeries>> AskAsync(GraphiteMetricSource source) =>
        await source.QueryAsync(new SourceQuery("a", Start, Start.AddHours(1)), CancellationToken.None);

    private static async Task<GraphiteException> FaultAsync(GraphiteMetricSource source) => (await Assert.ThrowsAsync<GraphiteException>(() => AskAsync(source)))!;

    /// <summary>An answer that is made while it is read.</summary>
    private sealed class SeriesStream(int series, int points) : Stream
    {
        private readonly byte[] _points = Encoding.UTF8.GetBytes("\", \"tags\": {}, \"datapoints\": [" + string.Join(", ", Enumerable.Range(0, points).Select(i => $"[{i}.5, {1760000040 + (i * 60)}]")) + "]}");
        private byte[] _current = "["u8.ToArray();
        private int _at;
        private int _made;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == _current.Length)
            {
                if (_made > series)
                {
                    return 0;
                }

                _current = _made == series ? "]"u8.ToArray() : [.. Encoding.UTF8.GetBytes($"{(_made == 0 ? "" : ", ")}{{\"target\": \"shop.host{_made}.load"), .. _points];
                _at = 0;
                _made++;
            }

            var length = Math.Min(count, _current.Length - _at);
            _current.AsSpan(_at, length).CopyTo(buffer.AsSpan(offset));
            _at += length;
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>An answer of which nothing ever comes.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}

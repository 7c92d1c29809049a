using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The sample of docs/telemetry.md sends what the page says, by the real exporter.</summary>
public sealed class TelemetryTests
{
    private readonly HttpListener _collector = new();
    private readonly ConcurrentDictionary<string, byte[]> _received = new();
    private string _url = string.Empty;

    [SetUp]
    public void Start()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        _collector.Prefixes.Add($"{_url}/");
        _collector.Start();
        _ = CollectAsync();
    }

    [TearDown]
    public void Stop() => _collector.Close();

    [Test]
    [CancelAfter(60_000)]
    public async Task Sample_WithACollector_SendsSpansMetricsAndLogsOfOneTrace(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "Telemetry.dll")]) { RedirectStandardOutput = true };
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _url;
        start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        using var sample = Process.Start(start)!;
        Assert.That(await sample.StandardOutput.ReadToEndAsync(cancellationToken), Does.StartWith("Deployed shop a1b2c3d."));
        await sample.WaitForExitAsync(cancellationToken);

        Assert.That(TextOf("/v1/traces"), Does.Contain("RUN shop").And.Contain("cicd.pipeline.run.id").And.Contain("cicd.pipeline.task.name").And.Contain("deployment.status"));
        Assert.That(TextOf("/v1/metrics"), Does.Contain("cicd.pipeline.run.duration").And.Contain("wercker.step.duration").And.Contain("cicd.pipeline.run.active"));
        Assert.That(TextOf("/v1/logs"), Does.Contain("Sent {Revision}").And.Contain("a1b2c3d"));
        Assert.That(TraceIdsOf("/v1/logs"), Is.SubsetOf(TraceIdsOf("/v1/traces")).And.Not.Empty);
    }

    private string TextOf(string path) => Encoding.Latin1.GetString(_received.GetValueOrDefault(path, []));

    /// <summary>In protobuf, what has 16 bytes and the field number that a trace id has in spans (1) and in log records (9).</summary>
    private HashSet<string> TraceIdsOf(string path)
    {
        var tag = path == "/v1/logs" ? (byte)0x4a : (byte)0x0a;
        var bytes = _received.GetValueOrDefault(path, []);
        return [.. Enumerable.Range(0, Math.Max(0, bytes.Length - 17)).Where(i => bytes[i] == tag && bytes[i + 1] == 16).Select(i => Convert.ToHexString(bytes, i + 2, 16))];
    }

    private async Task CollectAsync()
    {
        while (_collector.IsListening)
        {
            try
            {
                var context = await _collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.AddOrUpdate(context.Request.Url!.AbsolutePath, body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}

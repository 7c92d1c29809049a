using System.Text;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The sample of docs/telemetry.md sends what the page says, by the real exporter.</summary>
public sealed class TelemetryTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task Sample_WithACollector_SendsSpansMetricsAndLogsOfOneTrace(CancellationToken cancellationToken)
    {
        using var collector = new Collector();
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" };
        var (_, output) = await SampleProcess.RunAsync("Telemetry", variables, cancellationToken);

        Assert.That(output, Does.StartWith("Deployed shop a1b2c3d"));

        var (traces, metrics, logs) = (collector.BytesOf("/v1/traces"), collector.BytesOf("/v1/metrics"), collector.BytesOf("/v1/logs"));
        Assert.That(Encoding.Latin1.GetString(traces), Does.Contain("RUN shop").And.Contain("cicd.pipeline.run.id").And.Contain("cicd.pipeline.task.name").And.Contain("deployment.status"));
        Assert.That(Encoding.Latin1.GetString(metrics), Does.Contain("cicd.pipeline.run.duration").And.Contain("wercker.step.duration").And.Contain("cicd.pipeline.run.active"));
        Assert.That(Encoding.Latin1.GetString(logs), Does.Contain("Sent a1b2c3d"));
        Assert.That(TraceIdsIn(logs, field: 9), Is.SubsetOf(TraceIdsIn(traces, field: 1)).And.Not.Empty);
    }

    /// <summary>In protobuf: the tag of a field of bytes, their number, the bytes. The fields' numbers are those of opentelemetry-proto.</summary>
    private static HashSet<string> TraceIdsIn(byte[] message, int field) =>
        [.. Enumerable.Range(0, Math.Max(0, message.Length - 17)).Where(i => message[i] == ((field << 3) | 2) && message[i + 1] == 16).Select(i => Convert.ToHexString(message, i + 2, 16))];
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Wercker.Pipeline;

var services = new ServiceCollection();

// <export>
services.AddOpenTelemetry()
    .ConfigureResource(resource => resource.AddService("deployer"))
    .WithTracing(traces => traces.AddSource("Wercker.Pipeline"))
    .WithMetrics(metrics => metrics.AddMeter("Wercker.Pipeline"))
    .WithLogging()
    .UseOtlpExporter();
// </export>

services.AddWerckerPipeline("shop", pipeline => pipeline
    .AddStep("Push", (context, cancellationToken) =>
    {
        PushLog.Sent(context.Logger, context.Request.Revision);
        return new(StepResult.Succeeded("it is there"));
    })
    .AddStep("Check", (context, cancellationToken) => new(StepResult.Succeeded("it answers"))));

await using var provider = services.BuildServiceProvider();

// In a host this is done when it starts.
_ = (provider.GetRequiredService<TracerProvider>(), provider.GetRequiredService<MeterProvider>());

var report = await provider.GetRequiredKeyedService<DeployPipeline>("shop").DeployAsync(new DeployRequest("shop", "a1b2c3d"), CancellationToken.None);
Console.WriteLine(report.Summary);
Console.WriteLine($"Its spans, metrics and logs go to {Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") ?? "http://localhost:4317, or where OTEL_EXPORTER_OTLP_ENDPOINT says"}.");
return report.Status == DeployStatus.Succeeded ? 0 : 1;

internal static partial class PushLog
{
    [LoggerMessage(LogLevel.Information, "Sent {Revision}")]
    public static partial void Sent(ILogger logger, string revision);
}

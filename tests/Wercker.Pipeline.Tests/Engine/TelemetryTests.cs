using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class TelemetryTests
{
    [Test]
    public async Task DeployAsync_Listened_GivesASpanPerDeploymentAndStepWithoutSecrets()
    {
        var spans = new List<Activity>();
        var pipeline = $"p-{Guid.NewGuid():N}";
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Wercker.Pipeline",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);

        await new DeployPipelineBuilder(pipeline).WithSecret("KEY", new Secret("hunter2-hunter2"))
            .AddStep("a", (_, _) => new(StepResult.Failed("hunter2-hunter2 is wrong"))).Build().DeployAsync(new DeployRequest("hunter2-hunter2", "1"));

        var deployment = spans.Single(span => Equals(span.GetTagItem("cicd.pipeline.name"), pipeline));
        var step = spans.Single(span => span.ParentSpanId == deployment.SpanId);
        Assert.That(step.DisplayName, Is.EqualTo("a"));
        Assert.That(step.Status, Is.EqualTo(ActivityStatusCode.Error));
        Assert.That((deployment.DisplayName, deployment.Kind), Is.EqualTo(($"RUN {pipeline}", ActivityKind.Server)));
        Assert.That((deployment.GetTagItem("deployment.status"), deployment.GetTagItem("cicd.pipeline.result"), deployment.GetTagItem("error.type")), Is.EqualTo(("failed", "failure", "failed")));
        Assert.That((step.GetTagItem("cicd.pipeline.task.name"), step.GetTagItem("cicd.pipeline.task.run.result")), Is.EqualTo(("a", "failure")));
        var texts = spans.SelectMany(span => span.TagObjects.Select(tag => tag.Value?.ToString()).Append(span.StatusDescription).Append(span.DisplayName));
        Assert.That(texts, Has.None.Contains("hunter2"));
    }

    [Test]
    public async Task DeployAsync_Measured_CountsRunsErrorsAndDurationsByTheConventions()
    {
        var pipeline = $"p-{Guid.NewGuid():N}";
        var measured = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, one) =>
            {
                if (instrument.Meter.Name == "Wercker.Pipeline")
                {
                    one.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();

        await new DeployPipelineBuilder(pipeline).AddStep("a", (_, _) => new(StepResult.Skipped("why"))).AddStep("b", (_, _) => throw new IOException("no")).Build()
            .DeployAsync(new DeployRequest("shop", "1"));

        Assert.That(Values("cicd.pipeline.run.active"), Is.EqualTo(new[] { 1d, -1d }));
        Assert.That(Values("cicd.pipeline.run.errors"), Is.EqualTo(new[] { 1d }));
        Assert.That(Values("cicd.pipeline.run.duration"), Has.Length.EqualTo(1).And.All.GreaterThanOrEqualTo(0));
        Assert.That(measured.Where(one => one.Name == "wercker.step.duration").Select(one => one.Tags["cicd.pipeline.task.run.result"]), Is.EqualTo(new[] { "skip", "error" }));
        Assert.That(measured.Single(one => one.Name == "cicd.pipeline.run.duration").Tags, Does.ContainKey("cicd.pipeline.run.state").And.ContainKey("cicd.pipeline.result").And.ContainKey("error.type"));

        double[] Values(string name) => [.. measured.Where(one => one.Name == name).Select(one => one.Value)];

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            // Other tests deploy, too.
            var kept = new Dictionary<string, object?>(tags.ToArray());
            if (Equals(kept.GetValueOrDefault("cicd.pipeline.name"), pipeline))
            {
                measured.Enqueue((instrument.Name, value, kept));
            }
        }
    }
}

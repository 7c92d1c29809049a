using System.Diagnostics;
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
        Assert.That(deployment.GetTagItem("deployment.status"), Is.EqualTo("failed"));
        var texts = spans.SelectMany(span => span.TagObjects.Select(tag => tag.Value?.ToString()).Append(span.StatusDescription).Append(span.DisplayName));
        Assert.That(texts, Has.None.Contains("hunter2"));
    }
}

using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class EvidenceMaskingTests
{
    [Test]
    public async Task DeployAsync_EvidenceHoldsTimesAndIds_IsReportedAsText()
    {
        var at = new DateTimeOffset(2013, 4, 19, 10, 15, 0, TimeSpan.Zero);
        var evidence = new Evidence("log", "window") { Data = new JsonObject { ["from"] = at, ["id"] = Guid.Empty, ["name"] = "shop", ["count"] = 3 } };

        var report = await new DeployPipelineBuilder("shop").AddStep("LogTest", (_, _) => new(StepResult.Succeeded(null, evidence)))
            .Build().DeployAsync(new DeployRequest("shop", "1"));

        Assert.That(
            report.Steps.Single().Evidence.Single().Data!.ToJsonString(),
            Is.EqualTo("""{"from":"2013-04-19T10:15:00\u002B00:00","id":"00000000-0000-0000-0000-000000000000","name":"shop","count":3}"""));
    }
}

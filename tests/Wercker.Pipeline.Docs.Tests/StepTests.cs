using System.Net;
using Samples.CustomStep;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The steps of docs/writing-a-step.md do what the page says.</summary>
public sealed class StepTests
{
    // <test>
    [TestCase(0, StepStatus.Succeeded)]
    [TestCase(long.MaxValue, StepStatus.Failed)]
    public async Task DiskSpace_FreeBytes_AreComparedWithTheNeed(long bytes, StepStatus expected)
    {
        var step = await new StepHarness().RunAsync(new DiskSpaceStep("/", bytes));

        Assert.That(step.Status, Is.EqualTo(expected));
        Assert.That(step.Message, Does.Contain("free"));
    }
    // </test>

    [Test]
    public async Task AddDiskSpace_InAPipeline_DecidesAgainstTheDeployment()
    {
        var report = await new DeployPipelineBuilder("shop").AddDiskSpace("/", long.MaxValue).Build().DeployAsync(new DeployRequest("shop", "1"));

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(report.RootCause?.Name, Is.EqualTo("DiskSpace"));
    }

    [TestCase(HttpStatusCode.OK, StepStatus.Succeeded)]
    [TestCase(HttpStatusCode.InternalServerError, StepStatus.Failed)]
    [TestCase(null, StepStatus.Inconclusive)]
    public async Task Health_Answer_IsJudgedAndAttached(HttpStatusCode? answer, StepStatus expected)
    {
        using var http = new HttpClient(new Answers(answer));

        var step = await new StepHarness().RunAsync(new HealthStep(http, new Uri("http://shop.test/health")));

        Assert.That(step.Status, Is.EqualTo(expected));
        Assert.That(step.Evidence.Select(evidence => evidence.Text), Is.EqualTo(answer is null ? Array.Empty<string>() : ["the body"]));
    }

    [Test]
    public async Task Banner_DeploymentFailsLater_IsAsItWas()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "before");
        var seen = string.Empty;
        var report = await new DeployPipelineBuilder("shop").AddBanner(file, "now")
            .AddStep("Check", async (_, cancellationToken) =>
            {
                seen = await File.ReadAllTextAsync(file, cancellationToken);
                return StepResult.Failed("no");
            })
            .Build().DeployAsync(new DeployRequest("shop", "1"));
        var after = await File.ReadAllTextAsync(file);
        File.Delete(file);

        Assert.That((seen, after), Is.EqualTo(("now", "before")));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public void Banner_WithoutText_IsPlannedAsSkipped() =>
        Assert.That(new StepHarness().Forecast(new BannerStep("/nowhere", string.Empty)).SkipReason, Is.EqualTo("there is no banner to show"));

    private sealed class Answers(HttpStatusCode? answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer is { } status
            ? Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent("the body") })
            : Task.FromException<HttpResponseMessage>(new HttpRequestException("connection refused"));
    }
}

using Wercker.Pipeline.Docker.Services;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>The code of docs/docker-services.md, and its table of settings.</summary>
public sealed class DocumentationTests
{
    [Test]
    public void Pipeline_OfThePage_SaysWhatItWouldDo()
    {
        // <pipeline>
        var options = new DockerServiceOptions { Service = "shop_web", Image = "registry.example.com/shop:{revision}", Order = DockerUpdateOrder.StartFirst };
        using var target = new DockerServiceTarget(options, "production");
        using var log = new DockerServiceLogSource("shop_web");
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(target).AddWerckerFlow(flow => flow.LogTest(test => test.From(log, "^ERROR"))).Build();
        // </pipeline>

        var plan = pipeline.Plan(new("shop", "r1"));
        Assert.That(plan.Steps.Single(step => step.Name == "Push").ToString(), Does.Contain("pull registry.example.com/shop:{revision}, update service shop_web"));
    }

    [Test]
    public void Settings_OfThePage_AreThoseThatAreRead()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "docker-services.md"));
        var settings = lines.SkipWhile(line => line != "## Settings").TakeWhile(line => line != "## The phases")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.That(settings, Is.EqualTo(ServiceSettings.Known));
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}

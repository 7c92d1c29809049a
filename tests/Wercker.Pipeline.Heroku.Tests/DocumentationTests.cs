using Wercker.Pipeline.Heroku.Setup;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku.Tests;

/// <summary>The code of docs/heroku.md, and its table of settings.</summary>
public class DocumentationTests
{
    [Test]
    public void Pipeline_OfThePage_HasTheNinePhasesAndPushesToHeroku()
    {
        const string key = "the-key";

        // <pipeline>
        using var http = HerokuHttpClient.Create();
        var options = new HerokuOptions { App = "shop", ApiKey = new Secret(key) };
        var pipeline = new DeployPipelineBuilder("shop")
            .UseTarget(new HerokuTarget(http, options))
            .UseSandbox(new ProcessSandboxProvider())
            .AddWerckerFlow(flow => flow.LogTest(test => test.From(new HerokuLogSource(http, options), HerokuLogSource.PlatformErrors)))
            .Build();
        // </pipeline>

        var plan = pipeline.Plan(new("shop", "r1"));
        Assert.That(plan.Steps.Single(step => step.Name == "Push").ToString(), Does.Contain("heroku:shop").And.Contain("git over HTTPS"));
    }

    [Test]
    public void Settings_OfThePage_AreThoseThatAreRead()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "heroku.md"));
        var settings = lines.SkipWhile(line => line != "## Settings").TakeWhile(line => !line.StartsWith("## The", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.That(settings, Is.EqualTo(HerokuSettings.Known));
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

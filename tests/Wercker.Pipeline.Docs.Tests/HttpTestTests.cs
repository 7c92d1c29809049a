using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Http;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The code and the settings of docs/http-test.md mean what the page says.</summary>
public sealed class HttpTestTests
{
    [Test]
    public void Flow_OfThePage_AsksInThePostDeployTest()
    {
        var builder = new DeployPipelineBuilder("shop");
        Regions.HttpTests.Flow(builder);

        Assert.That(
            builder.Build().Plan(new DeployRequest("shop", "1")).Steps.Single(step => step.Name == "PostDeployTest").Description,
            Does.StartWith("wait 30 s, then GET https://shop.example.com/health until version"));
    }

    [Test]
    public void Step_OfThePage_NeedsItsVariable()
    {
        var builder = new DeployPipelineBuilder("shop");
        Regions.HttpTests.Step(builder, "https://shop.example.com/");

        Assert.That(builder.Build().Plan(new DeployRequest("shop", "1")).MissingVariables, Is.EqualTo(new[] { "WERCKER_GIT_COMMIT" }));
    }

    [Test]
    public void Settings_OfThePage_AreRead()
    {
        var page = Repository.Read("docs/http-test.md");
        var start = page.IndexOf("```json\n", StringComparison.Ordinal) + 8;
        var target = WerckerConfig.Parse(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]).Targets["production"];

        Assert.That(() => HttpTest.FromSettings(new SettingsReader(target.HttpTest!, target.Location)), Throws.Nothing);
    }

    [Test]
    public void Table_OfThePage_HasEveryKeyOfTheReader()
    {
        var fault = Assert.Throws<ConfigurationException>(() => HttpTest.FromSettings(new SettingsReader(new JsonObject { ["unknown"] = 1 }, "here")));
        var keys = fault.Message[(fault.Message.IndexOf("Known: ", StringComparison.Ordinal) + 7)..].TrimEnd('.').Split(", ");

        Assert.That(keys, Has.Length.EqualTo(11));
        Assert.That(keys.Where(key => !Repository.Read("docs/http-test.md").Contains($"| `{key}", StringComparison.Ordinal)).Except(["tries"]), Is.Empty);
    }
}

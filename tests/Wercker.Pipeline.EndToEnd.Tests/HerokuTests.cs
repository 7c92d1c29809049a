using System.Text.Json.Nodes;

namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class HerokuTests
{
    [Test]
    public async Task Deploy_HerokuTwoVersionsTheSecondBroken_GoesBackToTheFirstAndShowsTheKeyNowhere()
    {
        await using var shop = await HerokuShop.StartAsync(procfile: null);

        var good = await shop.DeployAsync();
        shop.Work.File("version.txt", "broken\n");
        var bad = await shop.DeployAsync();

        Assert.That(good.ExitCode, Is.EqualTo(0), good.ToString());
        Assert.That(bad.ExitCode, Is.EqualTo(1), bad.ToString());
        Assert.That(bad.Output, Does.Contain("PostDeployTest").And.Contain("put back"));
        Assert.That(await shop.GetPageAsync(), Is.EqualTo("new"));
        Assert.That(shop.PlacesOfTheKey(good).Concat(shop.PlacesOfTheKey(bad)), Is.Empty);
    }

    [Test]
    public async Task Deploy_HerokuWithALogTest_AsksTheLogOfTheApp()
    {
        await using var shop = await HerokuShop.StartAsync(procfile: null);
        shop.Target["logTest"] = new JsonObject { ["after"] = "1s" };

        var result = await shop.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(Path.Combine(shop.Work.Out("report"), "report.json")), Does.Contain("heroku:shop").And.Contain("Error R"));
        Assert.That(shop.PlacesOfTheKey(result), Is.Empty);
    }

    [Test]
    public async Task Plan_HerokuWithoutKey_ExitsTwoAndNamesIt()
    {
        using var work = new Workspace();
        work.Config("""{"targets": {"live": {"provider": "heroku", "app": "shop", "secrets": ["HEROKU_KEY"]}}}""");

        var result = await work.RunAsync("plan");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("HEROKU_KEY"));
    }
}

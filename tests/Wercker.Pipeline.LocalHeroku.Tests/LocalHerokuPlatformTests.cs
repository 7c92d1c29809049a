using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests;

/// <summary>What is left is looked for after each test; here the platform is disposed in the middle of things.</summary>
internal sealed class LocalHerokuPlatformTests : PlatformTest
{
    [Test]
    public async Task DisposeAsync_DuringABuild_LeavesNothing()
    {
        Dictionary<string, string> files = AppFiles();
        files["bin/compile"] = "(setsid sleep 1000 &); echo compiling; sleep 1000";
        JsonNode build = await StartBuildAsync(files);
        using HttpClient anonymous = new();
        await using Stream stream = await anonymous.GetStreamAsync(new Uri(build["output_stream_url"]!.ToString()));
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { } line && line != "       compiling")
        {
        }

        await Heroku.DisposeAsync();

        Assert.That(Directory.Exists(Heroku.Directory), Is.False);
        Assert.That(ProcessesThatMention(Heroku.Directory), Is.Empty);
    }

    [Test]
    public async Task DisposeAsync_WithDynosAndAReleasePhaseThatIgnoreSigterm_LeavesNothing()
    {
        const string deaf = "trap '' TERM; echo deaf; while true; do sleep 0.1; done";
        await DeployAsync(AppFiles("1", $"worker: {deaf}\n"));
        await WaitForStateAsync("worker.1", "up");
        await SendAsync(HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = deaf });
        await DeployAsync(AppFiles("2", $"release: {deaf}\n"));
        await WaitAsync("/apps/shop/dynos", d => d.AsArray().Any(x => x!["type"]!.ToString() == "release" && x["state"]!.ToString() == "up"));

        await Heroku.DisposeAsync();

        Assert.That(Directory.Exists(Heroku.Directory), Is.False);
        Assert.That(ProcessesThatMention(Heroku.Directory), Is.Empty);
    }

    [Test]
    public async Task StartAsync_OnATakenPort_FailsAndLeavesNothing()
    {
        var options = new LocalHerokuOptions { App = "second", EnableSsh = false, Port = Heroku.ApiUrl.Port, Directory = Options.Directory };

        Assert.That(async () => await LocalHerokuPlatform.StartAsync(options), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetDirectories(Options.Directory!), Has.Length.EqualTo(1), "only the first platform's");
        Assert.That((await SendAsync(HttpMethod.Get, "/account")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task DisposeAsync_Twice_DoesNothingMore()
    {
        await Heroku.DisposeAsync();

        Assert.That(async () => await Heroku.DisposeAsync(), Throws.Nothing);
    }
}

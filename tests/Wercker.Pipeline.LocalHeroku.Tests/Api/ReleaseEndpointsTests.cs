using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class ReleaseEndpointsTests : PlatformTest
{
    [Test]
    public async Task RollBack_ToAnOlderRelease_BringsBackCodeAndConfigVars()
    {
        await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", new JsonObject { ["GREETING"] = "old" });
        JsonNode first = await DeployAsync(AppFiles("1"));
        await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", new JsonObject { ["GREETING"] = "new" });
        await DeployAsync(AppFiles("2"));

        (int status, JsonNode? release) = await SendAsync(
            HttpMethod.Post, "/apps/shop/releases", new JsonObject { ["release"] = first["release"]!["id"]!.ToString() });
        await WaitAsync("/apps/shop/dynos", d => d.AsArray().All(x => x!["state"]!.ToString() == "up" && x["release"]!["version"]!.GetValue<int>() == 7));

        Assert.That(status, Is.EqualTo(201));
        Assert.That(release!["version"]!.GetValue<int>(), Is.EqualTo(7));
        Assert.That(release["description"]!.ToString(), Is.EqualTo("Rollback to v4"));
        Assert.That(await Web.GetStringAsync("/"), Is.EqualTo("GET / old 1\n"));
        Assert.That((await GetAsync("/apps/shop/config-vars"))["GREETING"]!.ToString(), Is.EqualTo("old"));
    }

    [Test]
    public async Task RollBack_ToWhatCannotRun_IsRefused()
    {
        JsonNode initial = await GetAsync("/apps/shop/releases/1");
        await DeployAsync(AppFiles("1", "release: exit 1\n"));
        JsonNode failed = await WaitAsync("/apps/shop/releases/3", r => r["status"]!.ToString() != "pending");

        foreach (JsonNode target in new[] { initial, failed })
        {
            Assert.That(target["eligible_for_rollback"]!.GetValue<bool>(), Is.False);
            (int status, JsonNode? body) = await SendAsync(HttpMethod.Post, "/apps/shop/releases", new JsonObject { ["release"] = target["id"]!.ToString() });
            Assert.That(status, Is.EqualTo(422));
            Assert.That(body!["message"]!.ToString(), Does.StartWith($"Cannot roll back to v{target["version"]}"));
        }
    }

    [Test]
    public async Task ReleasePhase_ThatSucceeds_MakesTheReleaseCurrentAfterwards()
    {
        string gate = Path.Combine(Scratch, "gate");
        JsonNode build = await DeployAsync(AppFiles("1", $"release: echo migrating $DYNO; while [ ! -e {gate} ]; do sleep 0.05; done; echo migrated\n"));
        JsonNode pending = await GetAsync("/apps/shop/releases/3");
        JsonNode before = await GetAsync("/apps/shop/releases/2");
        JsonNode running = await WaitAsync("/apps/shop/dynos", d => d.AsArray().Count == 1);
        await File.WriteAllTextAsync(gate, "");
        JsonNode done = await WaitAsync("/apps/shop/releases/3", r => r["status"]!.ToString() != "pending");

        Assert.That(build["status"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That(pending["status"]!.ToString(), Is.EqualTo("pending"));
        Assert.That(pending["current"]!.GetValue<bool>(), Is.False);
        Assert.That(before["current"]!.GetValue<bool>(), Is.True);
        Assert.That(running[0]!["type"]!.ToString(), Is.EqualTo("release"));
        Assert.That(done["status"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That(done["current"]!.GetValue<bool>(), Is.True);
        using HttpClient anonymous = new();
        Assert.That(await anonymous.GetStringAsync(new Uri(done["output_stream_url"]!.ToString())), Does.Match(@"^migrating release\.\d+\nmigrated\n$"));
    }

    [Test]
    public async Task ReleasePhase_ThatFails_LeavesTheOldReleaseRunning()
    {
        await DeployAsync(AppFiles("1"));
        await WaitForStateAsync("web.1", "up");
        JsonNode build = await DeployAsync(AppFiles("2", "release: echo oh no; exit 9\n"));
        JsonNode failed = await WaitAsync("/apps/shop/releases/4", r => r["status"]!.ToString() != "pending");

        Assert.That(build["status"]!.ToString(), Is.EqualTo("succeeded"), "the build did");
        Assert.That(failed["status"]!.ToString(), Is.EqualTo("failed"));
        Assert.That(failed["current"]!.GetValue<bool>(), Is.False);
        Assert.That((await GetAsync("/apps/shop/releases/3"))["current"]!.GetValue<bool>(), Is.True);
        Assert.That(await Web.GetStringAsync("/"), Is.EqualTo("GET / none 1\n"));
        using HttpClient anonymous = new();
        Assert.That(await anonymous.GetStringAsync(new Uri(failed["output_stream_url"]!.ToString())), Does.StartWith("oh no\n").And.Contain("Release command failed"));
    }
}

using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class DynoEndpointsTests : PlatformTest
{
    private const string Worker = "worker: echo working as $DYNO; exec sleep 1000\n";

    [Test]
    public async Task Dynos_OfARelease_RunWithPortConfigVarsAndAnEnvironmentOfTheirOwn()
    {
        Environment.SetEnvironmentVariable("SECRET_OF_THE_HOST", "leaked");
        await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", new JsonObject { ["GREETING"] = "hi" });
        await DeployAsync(AppFiles("1", Worker));
        await WaitForStateAsync("web.1", "up");
        await WaitForLogAsync("app[worker.1]: working as worker.1");

        string environment = await Web.GetStringAsync("/env");

        Assert.That(environment, Does.Contain("GREETING=hi\n").And.Contain("DYNO=web.1\n").And.Match(@"PORT=\d+\n"));
        Assert.That(environment, Does.Not.Contain("SECRET_OF_THE_HOST").And.Not.Contain(Heroku.ApiKey));
        JsonNode[] formation = [.. (await GetAsync("/apps/shop/formation")).AsArray().Select(f => f!)];
        Assert.That(formation.Select(f => $"{f["type"]}={f["quantity"]}"), Is.EquivalentTo(new[] { "web=1", "worker=1" }));
    }

    [Test]
    public async Task Restart_OfAll_MakesNewDynosOfTheSameNames()
    {
        await DeployAsync(AppFiles("1", Worker));
        await WaitForStateAsync("web.1", "up");
        JsonArray before = (await WaitForStateAsync("worker.1", "up")).AsArray();

        Assert.That((await SendAsync(HttpMethod.Delete, "/apps/shop/dynos")).Status, Is.EqualTo(202));
        JsonArray right = (await GetAsync("/apps/shop/dynos")).AsArray();
        JsonArray after = (await WaitAsync("/apps/shop/dynos", d => d.AsArray().All(x => x!["state"]!.ToString() == "up"))).AsArray();

        Assert.That(right.Select(d => d!["id"]!.ToString()), Is.Not.SubsetOf(before.Select(d => d!["id"]!.ToString())), "new ones are listed at once");
        Assert.That(after.Select(d => d!["name"]!.ToString()), Is.EquivalentTo(new[] { "web.1", "worker.1" }));
        Assert.That(after.Select(d => d!["id"]!.ToString()).Intersect(before.Select(d => d!["id"]!.ToString())), Is.Empty);
    }

    [Test]
    public async Task Restart_OfOneDynoOrType_LeavesTheOthers()
    {
        await DeployAsync(AppFiles("1", Worker));
        await WaitForStateAsync("web.1", "up");
        JsonArray before = (await WaitForStateAsync("worker.1", "up")).AsArray();

        await SendAsync(HttpMethod.Delete, "/apps/shop/dynos/worker.1");
        JsonArray one = (await WaitForStateAsync("worker.1", "up")).AsArray();
        await SendAsync(HttpMethod.Delete, "/apps/shop/formations/web");
        JsonArray type = (await WaitForStateAsync("web.1", "up")).AsArray();

        Assert.That(Id(one, "web.1"), Is.EqualTo(Id(before, "web.1")));
        Assert.That(Id(one, "worker.1"), Is.Not.EqualTo(Id(before, "worker.1")));
        Assert.That(Id(type, "web.1"), Is.Not.EqualTo(Id(one, "web.1")));
        Assert.That(Id(type, "worker.1"), Is.EqualTo(Id(one, "worker.1")));
        Assert.That((await SendAsync(HttpMethod.Delete, "/apps/shop/dynos/web.9")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Scale_UpAndDown_StartsAndEndsDynos()
    {
        await DeployAsync(AppFiles("1", Worker));
        var updates = new JsonArray(
            new JsonObject { ["type"] = "web", ["quantity"] = 2 },
            new JsonObject { ["type"] = "worker", ["quantity"] = "-1" });

        (int status, JsonNode? formation) = await SendAsync(HttpMethod.Patch, "/apps/shop/formation", new JsonObject { ["updates"] = updates });
        JsonNode dynos = await WaitForStateAsync("web.2", "up");

        Assert.That(status, Is.EqualTo(200));
        Assert.That(formation!.AsArray().Select(f => $"{f!["type"]}={f["quantity"]}"), Is.EquivalentTo(new[] { "web=2", "worker=0" }));
        Assert.That(dynos.AsArray().Select(d => d!["name"]!.ToString()), Is.EquivalentTo(new[] { "web.1", "web.2" }));
        Assert.That((await SendAsync(HttpMethod.Patch, "/apps/shop/formation/nope", new JsonObject { ["quantity"] = 1 })).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Stop_OfADyno_LeavesItDownUntilARestart()
    {
        await DeployAsync();
        await WaitForStateAsync("web.1", "up");

        await SendAsync(HttpMethod.Post, "/apps/shop/dynos/web.1/actions/stop");
        await WaitForLogAsync("heroku[web.1]: Process exited with status 143");
        JsonNode down = await GetAsync("/apps/shop/dynos/web.1");
        await SendAsync(HttpMethod.Delete, "/apps/shop/dynos");
        await WaitForStateAsync("web.1", "up");

        Assert.That(down["state"]!.ToString(), Is.EqualTo("down"));
    }

    [Test]
    public async Task DetachedDyno_WhileItRuns_IsListedAndThenGone()
    {
        string gate = Path.Combine(Scratch, "gate");
        var body = new JsonObject
        {
            ["command"] = $"echo \"$WORD from $DYNO, $COLUMNS wide\"; while [ ! -e {gate} ]; do sleep 0.05; done; exit 4",
            ["env"] = new JsonObject { ["WORD"] = "hello", ["COLUMNS"] = 80 },
        };
        (int status, JsonNode? dyno) = await SendAsync(HttpMethod.Post, "/apps/shop/dynos", body);
        string name = dyno!["name"]!.ToString();
        await WaitForStateAsync(name, "up");
        await File.WriteAllTextAsync(gate, "");
        string log = await WaitForLogAsync($"heroku[{name}]: Process exited with status 4");
        await WaitAsync("/apps/shop/dynos", d => d.AsArray().Count == 0);

        Assert.That(status, Is.EqualTo(201));
        Assert.That(name, Does.Match(@"^run\.\d{4}$"));
        Assert.That(dyno["attach_url"], Is.Null);
        Assert.That(log, Does.Contain($"app[{name}]: hello from {name}, 80 wide\n"));
        Assert.That((await SendAsync(HttpMethod.Get, $"/apps/shop/dynos/{name}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task DetachedDyno_PastItsTimeToLive_IsStopped()
    {
        (_, JsonNode? dyno) = await SendAsync(HttpMethod.Post, "/apps/shop/dynos", new JsonObject { ["command"] = "sleep 1000", ["time_to_live"] = 1 });

        Assert.That(await WaitForLogAsync("Process exited"), Does.Contain($"heroku[{dyno!["name"]}]: Process exited with status 143"));
        Assert.That((await SendAsync(HttpMethod.Post, "/apps/shop/dynos")).Status, Is.EqualTo(422));
    }

    [Test]
    public async Task WebProcess_ThatCrashes_IsStartedAgain()
    {
        await DeployAsync();
        JsonArray before = (await WaitForStateAsync("web.1", "up")).AsArray();

        Assert.That(async () => await Web.GetStringAsync("/exit"), Throws.InstanceOf<HttpRequestException>());
        string log = await WaitForLogAsync("State changed from crashed to starting");
        JsonArray after = (await WaitForStateAsync("web.1", "up")).AsArray();

        Assert.That(log, Does.Contain("app[web.1]: leaving\n").And.Contain("heroku[web.1]: Process exited with status 3\n"));
        Assert.That(log, Does.Contain("State changed from up to crashed"));
        Assert.That(Id(after, "web.1"), Is.Not.EqualTo(Id(before, "web.1")));
    }

    [Test]
    public async Task Processes_ThatEscapeIntoSessionsOfTheirOwn_EndWithTheirDyno()
    {
        string tag = "escaped-" + Guid.NewGuid().ToString("N");
        string escape = $"(setsid bash -c 'exec -a {tag} sleep 1000' &) ; (env -i setsid bash -c 'exec -a {tag} sleep 1000' &); exec sleep 1000";
        await DeployAsync(AppFiles("1", $"worker: {escape}\n"));
        await WaitForStateAsync("worker.1", "up");
        while (ProcessesThatMention(tag + "\0").Count() < 2)
        {
            await Task.Delay(25);
        }

        await SendAsync(HttpMethod.Post, "/apps/shop/dynos/worker.1/actions/stop");
        await WaitForLogAsync("heroku[worker.1]: Process exited");

        Assert.That(ProcessesThatMention(tag + "\0").Count(), Is.Zero);
    }

    private static string Id(JsonArray dynos, string name) => dynos.Single(d => d!["name"]!.ToString() == name)!["id"]!.ToString();
}

using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku.Api;

namespace Wercker.Pipeline.LocalHeroku.Tests.Faults;

/// <summary>One test for each switch that is not shown beside the feature it spoils.</summary>
internal sealed class FaultTests : PlatformTest
{
    [Test]
    public async Task BuildDelay_Set_KeepsBuildsPending()
    {
        Heroku.Faults.BuildDelay = TimeSpan.FromSeconds(1);
        var watch = Stopwatch.StartNew();

        Assert.That((await DeployAsync())["status"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That(watch.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task FailBuilds_Once_FailsOneBuild()
    {
        Heroku.Faults.FailBuilds = 1;

        Assert.That((await DeployAsync())["status"]!.ToString(), Is.EqualTo("failed"));
        Assert.That((await DeployAsync())["status"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That(Heroku.Faults.FailBuilds, Is.Zero);
    }

    [Test]
    public async Task SpoilRate_Set_SpoilsRequestsInEveryWay()
    {
        Heroku.Faults.SpoilHang = TimeSpan.FromMilliseconds(10);
        await SendAsync(HttpMethod.Patch, "/_local/faults", new JsonObject { ["spoilSeed"] = 7, ["spoilRate"] = 0.5 });
        var seen = new HashSet<string>();
        for (var request = 0; request < 100; request++)
        {
            try
            {
                seen.Add($"{(await SendAsync(HttpMethod.Get, "/apps/shop")).Status}");
            }
            catch (HttpRequestException)
            {
                seen.Add("no answer");
            }
        }

        Heroku.Faults.Clear();
        Assert.That(seen, Is.EquivalentTo(new[] { "200", "429", "500", "503", "no answer" }));
        Assert.That((await SendAsync(HttpMethod.Get, "/apps/shop")).Status, Is.EqualTo(200));
    }

    [Test]
    public void SpoilSeed_Same_SpoilsTheSameRequests()
    {
        var first = Draw(7);
        Assert.That(Draw(7), Is.EqualTo(first));
        Assert.That(Draw(8), Is.Not.EqualTo(first));

        static List<Spoil> Draw(int seed)
        {
            var faults = new LocalHerokuFaults { SpoilSeed = seed, SpoilRate = 0.2 };
            return [.. Enumerable.Range(0, 1000).Select(_ => faults.DrawSpoil())];
        }
    }

    [Test]
    public async Task HangBuilds_Once_LeavesABuildPendingWithItsOutputOpen()
    {
        Heroku.Faults.HangBuilds = 1;
        JsonNode build = await StartBuildAsync();
        using HttpClient anonymous = new();
        await using Stream stream = await anonymous.GetStreamAsync(new Uri(build["output_stream_url"]!.ToString()));
        using var reader = new StreamReader(stream);

        Assert.That(await reader.ReadLineAsync(), Does.StartWith("-----> Building"));
        Assert.That(reader.ReadLineAsync().IsCompleted, Is.False);
        Assert.That((await GetAsync($"/apps/shop/builds/{build["id"]}"))["status"]!.ToString(), Is.EqualTo("pending"));
    }

    [Test]
    public async Task FailReleasePhases_Once_FailsAReleaseThatHasNone()
    {
        Heroku.Faults.FailReleasePhases = 1;
        await DeployAsync();

        JsonNode release = await WaitAsync("/apps/shop/releases/3", r => r["status"]!.ToString() != "pending");
        Assert.That(release["status"]!.ToString(), Is.EqualTo("failed"));
        Assert.That(release["current"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    public async Task HangReleasePhases_Once_LeavesAReleasePending()
    {
        Heroku.Faults.HangReleasePhases = 1;
        await DeployAsync();

        Assert.That((await GetAsync("/apps/shop/releases/3"))["status"]!.ToString(), Is.EqualTo("pending"));
        Assert.That((await GetAsync("/apps/shop/dynos")).AsArray(), Is.Empty);
    }

    [Test]
    public async Task ReleasesNotCurrent_Once_SucceedsWithoutBeingCurrent()
    {
        Heroku.Faults.ReleasesNotCurrent = 1;
        await DeployAsync();

        JsonNode release = await WaitAsync("/apps/shop/releases/3", r => r["status"]!.ToString() == "succeeded");
        Assert.That(release["current"]!.GetValue<bool>(), Is.False);
        Assert.That((await GetAsync("/apps/shop/releases/2"))["current"]!.GetValue<bool>(), Is.True);
    }

    [Test]
    public async Task CrashDynos_Twice_RecoversAtTheThirdStart()
    {
        Heroku.Faults.CrashDynos = 2;
        await DeployAsync();
        await WaitForStateAsync("web.1", "up");

        string log = await LogAsync();
        Assert.That(log.Split("State changed from starting to crashed").Length - 1, Is.EqualTo(2), log);
        Assert.That(log.Split("Process exited with status 1\n").Length - 1, Is.EqualTo(2));
    }

    [Test]
    public async Task StuckDynos_Once_StaysStarting()
    {
        Heroku.Faults.StuckDynos = 1;
        await DeployAsync();
        await WaitForLogAsync("app[web.1]: listening");

        Assert.That((await GetAsync("/apps/shop/dynos/web.1"))["state"]!.ToString(), Is.EqualTo("starting"));
    }

    [TestCase("rateLimitRequests", 429, "rate_limit")]
    [TestCase("failRequests", 500, "internal_server_error")]
    [TestCase("loseAnswers", 503, "service_unavailable")]
    public async Task Requests_Spoiled_AreThoseThatTheFilterNames(string fault, int status, string id)
    {
        await SendAsync(HttpMethod.Patch, "/_local/faults", new() { [fault] = 1, ["requestFilter"] = "PATCH /apps" });

        Assert.That((await SendAsync(HttpMethod.Get, "/apps/shop")).Status, Is.EqualTo(200));
        (int spoiled, JsonNode? body) = await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });
        bool done = (await GetAsync("/apps/shop"))["maintenance"]!.GetValue<bool>();

        Assert.That(spoiled, Is.EqualTo(status));
        Assert.That(body!["id"]!.ToString(), Is.EqualTo(id));
        Assert.That(done, Is.EqualTo(fault == "loseAnswers"), "only a lost answer was to something done");
        Assert.That((await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true })).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task SuspendAccount_On_RefusesAllButTheAccount()
    {
        Heroku.Faults.SuspendAccount = true;

        Assert.That((await GetAsync("/account"))["suspended_at"], Is.Not.Null);
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Get, "/apps/shop");
        Assert.That((status, body!["id"]!.ToString()), Is.EqualTo((403, "suspended")));
    }

    [Test]
    public async Task DelinquentAccount_On_RefusesChanges()
    {
        Heroku.Faults.DelinquentAccount = true;

        Assert.That((await SendAsync(HttpMethod.Get, "/apps/shop")).Status, Is.EqualTo(200));
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });
        Assert.That((status, body!["id"]!.ToString()), Is.EqualTo((402, "delinquent")));
    }

    [Test]
    public async Task RequireTwoFactor_On_AsksForTheCode()
    {
        Heroku.Faults.RequireTwoFactor = true;
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Get, "/account");
        Api.DefaultRequestHeaders.Add("Heroku-Two-Factor-Code", "123456");

        Assert.That((status, body!["id"]!.ToString()), Is.EqualTo((403, "two_factor")));
        Assert.That((await SendAsync(HttpMethod.Get, "/account")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task IgnoreMaintenance_Once_AnswersWellAndChangesNothing()
    {
        Heroku.Faults.IgnoreMaintenance = 1;

        Assert.That((await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true })).Status, Is.EqualTo(200));
        Assert.That((await GetAsync("/apps/shop"))["maintenance"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    public async Task IgnoreRestarts_Once_AcceptsAndDoesNothing()
    {
        await DeployAsync();
        JsonNode before = await WaitForStateAsync("web.1", "up");
        Heroku.Faults.IgnoreRestarts = 1;

        Assert.That((await SendAsync(HttpMethod.Delete, "/apps/shop/dynos")).Status, Is.EqualTo(202));
        Assert.That((await GetAsync("/apps/shop/dynos")).ToJsonString(), Is.EqualTo(before.ToJsonString()));
    }

    [Test]
    public async Task ConflictDynos_Once_RefusesOneOffDynos()
    {
        Heroku.Faults.ConflictDynos = 1;
        JsonObject body = new() { ["command"] = "true" };

        Assert.That((await SendAsync(HttpMethod.Post, "/apps/shop/dynos", body.DeepClone().AsObject())).Body!["id"]!.ToString(), Is.EqualTo("conflict"));
        Assert.That((await SendAsync(HttpMethod.Post, "/apps/shop/dynos", body)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task LoseLogLines_Two_TellsOfThemInTailAndDrain()
    {
        await SendAsync(HttpMethod.Post, "/apps/shop/log-drains", new() { ["url"] = "http://127.0.0.1:1/nobody" });
        Heroku.Faults.LoseLogLines = 2;
        await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });
        await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = false });
        await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });

        string log = await LogAsync();
        Assert.That(log, Does.Contain("heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped 2 messages since "));
        Assert.That(log, Does.Match(@"heroku\[logplex\]: Error L10 \(output buffer overflow\): drain 'd\.[0-9a-f-]+' dropped 2 messages since "));
        Assert.That(log.Split("maintenance mode").Length - 1, Is.EqualTo(1));
    }

    [Test]
    public async Task LogStreams_ExpiredOrCut_SaySoTheWayTheyDo()
    {
        Heroku.Faults.ExpireLogSessions = 1;
        Assert.That(async () => await LogAsync(), Throws.InstanceOf<HttpRequestException>().With.Property("StatusCode").EqualTo(HttpStatusCode.NotFound));

        Heroku.Faults.CutLogStreams = 1;
        Assert.That(async () => await LogAsync(), Throws.InstanceOf<HttpRequestException>().Or.InstanceOf<IOException>());
        Assert.That(await LogAsync(), Does.Contain("Release v1 created"));
    }

    [Test]
    public async Task CutOutputStreams_Once_CutsTheReaderOff()
    {
        JsonNode build = await DeployAsync();
        Heroku.Faults.CutOutputStreams = 1;
        using HttpClient anonymous = new();
        var url = new Uri(build["output_stream_url"]!.ToString());

        Assert.That(async () => await anonymous.GetStringAsync(url), Throws.InstanceOf<HttpRequestException>());
        Assert.That(await anonymous.GetStringAsync(url), Does.Contain("Released v3"));
    }

    [Test]
    public async Task FailKeyDeletions_Once_LeavesTheKey()
    {
        string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJv5xT1u6lV1mQm0J3g8m4n2kH7cQn0rY5w9eK3p2Xz me";
        JsonNode added = (await SendAsync(HttpMethod.Post, "/account/keys", new() { ["public_key"] = key })).Body!;
        Heroku.Faults.FailKeyDeletions = 1;

        Assert.That((await SendAsync(HttpMethod.Delete, $"/account/keys/{added["id"]}")).Status, Is.EqualTo(500));
        Assert.That((await GetAsync("/account/keys")).AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task TimeOutRequests_Once_IsH12WithoutAskingADyno()
    {
        await DeployAsync();
        Heroku.Faults.TimeOutRequests = 1;
        using HttpResponseMessage response = await Web.GetAsync("/");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await WaitForLogAsync("code=H12"), Does.Contain("desc=\"Request timeout\""));
        Assert.That(await Web.GetStringAsync("/"), Does.StartWith("GET /"));
    }

    [Test]
    public async Task Switches_OverHttp_AreShownChangedAndCleared()
    {
        JsonNode fresh = (await SendAsync(HttpMethod.Get, "/_local/faults")).Body!;
        JsonObject change = new() { ["crashDynos"] = true, ["failBuilds"] = 3, ["suspendAccount"] = false, ["buildDelay"] = 1.5, ["spoilHang"] = 7 };
        JsonNode shown = (await SendAsync(HttpMethod.Patch, "/_local/faults", change)).Body!;

        Assert.That(shown["crashDynos"]!.GetValue<int>(), Is.EqualTo(-1));
        Assert.That(Heroku.Faults.FailBuilds, Is.EqualTo(3));
        Assert.That(Heroku.Faults.BuildDelay, Is.EqualTo(TimeSpan.FromSeconds(1.5)));
        Assert.That((await SendAsync(HttpMethod.Patch, "/_local/faults", new() { ["noSuchSwitch"] = 1 })).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Patch, "/_local/faults", new() { ["failBuilds"] = "many" })).Status, Is.EqualTo(422));
        JsonNode cleared = (await SendAsync(HttpMethod.Delete, "/_local/faults")).Body!;
        Assert.That(cleared.ToJsonString(), Is.EqualTo(fresh.ToJsonString()));
    }
}

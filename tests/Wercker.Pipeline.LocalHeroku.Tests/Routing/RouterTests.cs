using System.Net;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Routing;

internal sealed class RouterTests : PlatformTest
{
    protected override void Configure(LocalHerokuOptions options)
    {
        options.RequestTimeout = TimeSpan.FromSeconds(1);
        options.BootQueueTimeout = TimeSpan.FromSeconds(2);
    }

    [Test]
    public async Task Request_ForAnAppThatRuns_IsAnsweredAndLogged()
    {
        await DeployAsync();
        using HttpResponseMessage response = await Web.GetAsync("/head?a=%2Fb");
        string head = await response.Content.ReadAsStringAsync();
        using var content = new StringContent(new string('x', 100_000));
        using HttpResponseMessage posted = await Web.PostAsync(new Uri("/", UriKind.Relative), content);

        Assert.That(head, Does.StartWith("GET /head?a=%2Fb HTTP/1.1").And.Contain($"Host: shop.localhost:{Heroku.WebUrl.Port}"));
        Assert.That(head, Does.Contain("X-Forwarded-For: 127.0.0.1").And.Contain("X-Request-Id: ").IgnoreCase.And.Contain("X-Forwarded-Proto: http"));
        Assert.That(await posted.Content.ReadAsStringAsync(), Has.Length.EqualTo(100_000));
        Assert.That(await WaitForLogAsync("method=GET"), Does.Match(
            """heroku\[router\]: at=info method=GET path="/head\?a=%2Fb" host=shop\.localhost:\d+ request_id=\S+ fwd="127\.0\.0\.1" dyno=web\.1 connect=\d+ms service=\d+ms status=200 bytes=\d+ protocol=http\n"""));
    }

    [Test]
    public async Task Request_DuringMaintenance_GetsThePage()
    {
        await DeployAsync();
        await SendAsync(HttpMethod.Patch, "/apps/shop", new JsonObject { ["maintenance"] = true });

        await ExpectAsync("/", 503, "maintenance", "at=info code=H80 desc=\"Maintenance mode\"");
    }

    [Test]
    public async Task Request_ForAnAppThatCrashed_IsH10()
    {
        Heroku.Faults.CrashDynos = -1;
        Options.CrashBackoff = TimeSpan.FromMinutes(1);
        await DeployAsync();
        await WaitForStateAsync("web.1", "crashed");

        await ExpectAsync("/", 503, "Application error", "at=error code=H10 desc=\"App crashed\"");
    }

    [Test]
    public async Task Request_ThatTakesTooLong_IsH12()
    {
        await DeployAsync();

        await ExpectAsync("/slow", 503, "Application error", "at=error code=H12 desc=\"Request timeout\"");
    }

    [Test]
    public async Task Request_WhoseConnectionIsClosed_IsH13()
    {
        await DeployAsync();

        await ExpectAsync("/close", 503, "Application error", "at=error code=H13 desc=\"Connection closed without response\"");
    }

    [Test]
    public async Task Request_WithoutWebProcesses_IsH14()
    {
        await DeployAsync(new() { ["Procfile"] = "worker: exec sleep 1000\n" });

        await ExpectAsync("/", 503, "Application error", "at=error code=H14 desc=\"No web processes running\"");
    }

    [Test]
    public async Task Request_ForDynosThatDoNotBoot_IsH20()
    {
        await DeployAsync(new() { ["Procfile"] = "web: exec sleep 1000\n" });

        await ExpectAsync("/", 503, "Application error", "at=error code=H20 desc=\"App boot timeout\"");
    }

    [Test]
    public async Task Request_ForABlankApp_IsH81() => await ExpectAsync("/", 502, "Welcome", "at=info code=H81 desc=\"Blank app\"");

    [Test]
    public async Task Request_ForAnotherHost_FindsNoApp()
    {
        Web.DefaultRequestHeaders.Host = "nope.localhost";
        using HttpResponseMessage response = await Web.GetAsync("/");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("No such app"));
    }

    [Test]
    public async Task Request_ByAddress_FindsTheAppWhileItIsAlone()
    {
        await DeployAsync();
        Web.DefaultRequestHeaders.Host = $"127.0.0.1:{Heroku.WebUrl.Port}";
        string alone = await Web.GetStringAsync("/");
        await SendAsync(HttpMethod.Post, "/apps", new JsonObject { ["name"] = "other" });
        using HttpResponseMessage two = await Web.GetAsync("/");

        Assert.That(alone, Does.StartWith("GET /"));
        Assert.That(two.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task ExpectAsync(string path, int status, string page, string line)
    {
        using HttpResponseMessage response = await Web.GetAsync(path);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(page));
        Assert.That(await WaitForLogAsync("code="), Does.Contain($"heroku[router]: {line} method=GET path=\"{path}\""));
    }
}

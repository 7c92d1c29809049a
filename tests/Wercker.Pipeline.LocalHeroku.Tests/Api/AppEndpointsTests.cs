using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class AppEndpointsTests : PlatformTest
{
    [Test]
    public async Task Maintenance_Switched_StaysUntilSwitchedBack()
    {
        await SendAsync(HttpMethod.Patch, "/apps/shop", new JsonObject { ["maintenance"] = true });
        Assert.That((await GetAsync("/apps/shop"))["maintenance"]!.GetValue<bool>(), Is.True);

        await SendAsync(HttpMethod.Patch, "/apps/shop", new JsonObject { ["maintenance"] = false });
        Assert.That((await GetAsync("/apps/shop"))["maintenance"]!.GetValue<bool>(), Is.False);

        Assert.That((await SendAsync(HttpMethod.Patch, "/apps/shop", new JsonObject { ["maintenance"] = "yes" })).Status, Is.EqualTo(422));
    }

    [Test]
    public async Task App_ByIdOrName_IsTheSame()
    {
        JsonNode app = await GetAsync("/apps/shop");

        Assert.That((await GetAsync($"/apps/{app["id"]}")).ToJsonString(), Is.EqualTo(app.ToJsonString()));
    }

    [Test]
    public async Task ConfigVars_Changed_MakeReleases()
    {
        var change = new JsonObject { ["A"] = "1", ["B"] = "two words" };
        Assert.That((await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", change)).Body!.ToJsonString(), Is.EqualTo("""{"A":"1","B":"two words"}"""));
        await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", new JsonObject { ["A"] = null });

        JsonNode[] releases = [.. (await GetAsync("/apps/shop/releases")).AsArray().Select(r => r!)];
        Assert.That(releases.Select(r => r["description"]!.ToString()).TakeLast(2), Is.EqualTo(new[] { "Set A, B config vars", "Remove A config vars" }));
        Assert.That(releases[^1]["current"]!.GetValue<bool>(), Is.True);
        Assert.That((await GetAsync("/apps/shop/releases/3/config-vars")).ToJsonString(), Is.EqualTo("""{"A":"1","B":"two words"}"""));
        Assert.That((await GetAsync("/apps/shop/config-vars")).ToJsonString(), Is.EqualTo("""{"B":"two words"}"""));
    }

    [TestCase("""{"A":{}}""")]
    [TestCase("""{"A=B":"1"}""")]
    public async Task ConfigVars_ThatCannotBe_AreRefused(string body) =>
        Assert.That((await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", (JsonObject)JsonNode.Parse(body)!)).Status, Is.EqualTo(422));

    [Test]
    public async Task Apps_CreatedAndDeleted_ComeAndGo()
    {
        Assert.That((await SendAsync(HttpMethod.Post, "/apps", new JsonObject { ["name"] = "other" })).Status, Is.EqualTo(201));
        Assert.That((await GetAsync("/apps")).AsArray().Select(a => a!["name"]!.ToString()), Is.EqualTo(new[] { "other", "shop" }));
        Assert.That((await SendAsync(HttpMethod.Post, "/apps", new JsonObject { ["name"] = "other" })).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Post, "/apps", new JsonObject { ["name"] = "../x" })).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Delete, "/apps/other")).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(HttpMethod.Get, "/apps/other")).Status, Is.EqualTo(404));
    }

    [Test]
    public void StartAsync_WithANameThatHerokuRefuses_SaysSo() =>
        Assert.That(async () => await LocalHerokuPlatform.StartAsync(new LocalHerokuOptions { App = "Shop_1" }), Throws.ArgumentException);
}

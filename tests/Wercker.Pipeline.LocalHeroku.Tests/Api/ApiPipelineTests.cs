using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class ApiPipelineTests : PlatformTest
{
    [TestCase("Bearer wrong")]
    [TestCase("Basic !!!")]
    [TestCase("")]
    public async Task Request_WithoutTheKey_IsUnauthorized(string authorization)
    {
        Api.DefaultRequestHeaders.Remove("Authorization");
        Api.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        (int status, JsonNode? body) = await SendAsync(HttpMethod.Get, "/account");

        Assert.That(status, Is.EqualTo(401));
        Assert.That(body!["id"]!.ToString(), Is.EqualTo("unauthorized"));
        Assert.That(body["message"]!.ToString(), Is.Not.Empty);
    }

    [TestCase("")]
    [TestCase("someone@example.test")]
    public async Task Request_WithBasicCredentials_TakesThePassword(string user)
    {
        string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Heroku.ApiKey}"));
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);

        Assert.That((await SendAsync(HttpMethod.Get, "/account")).Status, Is.EqualTo(200));
    }

    [TestCase("application/json", 406)]
    [TestCase("application/vnd.heroku+json; version=2", 406)]
    [TestCase("application/vnd.heroku+json; version=3.sdk", 200)]
    public async Task Request_WithAnAcceptHeader_NeedsVersionThree(string accept, int status)
    {
        Api.DefaultRequestHeaders.Remove("Accept");
        Api.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);

        Assert.That((await SendAsync(HttpMethod.Get, "/account")).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Answer_Always_HasRequestIdRateLimitAndETag()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apps/shop");
        string id = Guid.NewGuid().ToString();
        request.Headers.Add("Request-Id", id);
        using HttpResponseMessage response = await Api.SendAsync(request);

        Assert.That(string.Join(',', response.Headers.GetValues("Request-Id")), Does.StartWith(id));
        Assert.That(int.Parse(response.Headers.GetValues("RateLimit-Remaining").Single()), Is.InRange(1, 4499));
        Assert.That(response.Headers.ETag, Is.Not.Null);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/apps/shop");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using HttpResponseMessage unchanged = await Api.SendAsync(again);
        Assert.That(unchanged.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        Assert.That(await unchanged.Content.ReadAsStringAsync(), Is.Empty);
    }

    [Test]
    public async Task Request_ForWhatDoesNotExist_IsNotFoundInTheApisWords()
    {
        Assert.That((await SendAsync(HttpMethod.Get, "/apps/nope")).Body!.ToJsonString(),
            Is.EqualTo("""{"id":"not_found","message":"Couldn\u0027t find that app."}"""));
        Assert.That((await SendAsync(HttpMethod.Get, "/no/such/thing")).Body!["id"]!.ToString(), Is.EqualTo("not_found"));
        Assert.That((await SendAsync(HttpMethod.Put, "/account")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Body_ThatIsNoJsonObject_IsABadRequest()
    {
        using var content = new StringContent("{oops", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Api.PatchAsync(new Uri("/apps/shop", UriKind.Relative), content);

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("\"id\":\"bad_request\""));
    }

    [Test]
    public async Task Post_WithMethodOverride_IsThatMethod()
    {
        Api.DefaultRequestHeaders.Add("X-Http-Method-Override", "PATCH");

        (int status, JsonNode? app) = await SendAsync(HttpMethod.Post, "/apps/shop", new JsonObject { ["maintenance"] = true });

        Assert.That(status, Is.EqualTo(200));
        Assert.That(app!["maintenance"]!.GetValue<bool>(), Is.True);
    }

    [Test]
    public async Task Lists_WithRanges_AreCutAndFollowable()
    {
        foreach (string name in new[] { "A", "B", "C", "D" })
        {
            await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", new JsonObject { [name] = "1" });
        }

        var seen = new List<int>();
        string? range = "version ..; max=4, order=desc";
        var statuses = new List<int>();
        while (range is not null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/apps/shop/releases");
            request.Headers.TryAddWithoutValidation("Range", range);
            using HttpResponseMessage response = await Api.SendAsync(request);
            statuses.Add((int)response.StatusCode);
            Assert.That(string.Join(',', response.Headers.GetValues("Accept-Ranges")), Does.Contain("version"));
            seen.AddRange(JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray().Select(r => r!["version"]!.GetValue<int>()));
            range = response.Headers.TryGetValues("Next-Range", out IEnumerable<string>? next) ? next.Single() : null;
        }

        Assert.That(seen, Is.EqualTo(new[] { 6, 5, 4, 3, 2, 1 }));
        Assert.That(statuses, Is.EqualTo(new[] { 206, 200 }));
    }

    [Test]
    public async Task Lists_WithARangeOfAnotherField_CannotBeSatisfied()
    {
        Api.DefaultRequestHeaders.TryAddWithoutValidation("Range", "colour ..; max=3");

        (int status, JsonNode? body) = await SendAsync(HttpMethod.Get, "/apps/shop/releases");

        Assert.That(status, Is.EqualTo(416));
        Assert.That(body!["id"]!.ToString(), Is.EqualTo("requested_range_not_satisfiable"));
    }

    [Test]
    public async Task Https_OnTheSamePort_IsTrustedWithTheCaFile()
    {
        string url = Heroku.GitUrl.ToString().Replace("http://", "https://");
        string[] command = ["git", "-c", $"http.extraHeader=Authorization: Bearer {Heroku.ApiKey}", "ls-remote", url];
        (int status, string output) = await RunAsync(Scratch, new() { ["GIT_SSL_CAINFO"] = Heroku.CaFile }, "", command);
        (int refused, string why) = await RunAsync(Scratch, command);

        Assert.That(status, Is.Zero, output);
        Assert.That(refused, Is.EqualTo(128));
        Assert.That(why, Does.Match("(?i)cert"));
    }
}

using System.Text.Json.Nodes;
using NJsonSchema;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

/// <summary>Every JSON answer is valid by the schema that Heroku publishes for its Platform API.</summary>
internal sealed class SchemaTests : PlatformTest
{
    private static readonly string SchemaFile = Path.Combine(TestContext.CurrentContext.TestDirectory, "Api", "Schema", "platform-api.json");

    private static JsonSchema _schema = null!;

    [OneTimeSetUp]
    public static async Task LoadAsync() => _schema = await JsonSchema.FromFileAsync(SchemaFile);

    [Test]
    public async Task Answers_OfEveryEndpoint_AreValid()
    {
        string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJv5xT1u6lV1mQm0J3g8m4n2kH7cQn0rY5w9eK3p2Xz me";
        await ValidateAsync("app", HttpMethod.Get, "/apps/shop");
        await ValidateAsync("release", HttpMethod.Get, "/apps/shop/releases");
        JsonNode build = await DeployAsync(AppFiles("1", "release: true\n"));
        await WaitAsync("/apps/shop/releases/3", r => r["status"]!.ToString() == "succeeded");
        await WaitForStateAsync("web.1", "up");

        await ValidateAsync("account", HttpMethod.Get, "/account");
        await ValidateAsync("rate-limit", HttpMethod.Get, "/account/rate-limits");
        JsonNode added = await ValidateAsync("key", HttpMethod.Post, "/account/keys", new() { ["public_key"] = key });
        await ValidateAsync("key", HttpMethod.Get, "/account/keys");
        await ValidateAsync("key", HttpMethod.Get, $"/account/keys/{added["id"]}");
        await ValidateAsync("key", HttpMethod.Delete, $"/account/keys/{added["id"]}");
        await ValidateAsync("app", HttpMethod.Get, "/apps/shop");
        await ValidateAsync("app", HttpMethod.Get, "/apps");
        await ValidateAsync("app", HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = false });
        await ValidateAsync("app", HttpMethod.Post, "/apps", new() { ["name"] = "other" });
        await ValidateAsync("app", HttpMethod.Delete, "/apps/other");
        await ValidateAsync("collaborator", HttpMethod.Get, "/apps/shop/collaborators");
        await ValidateAsync("domain", HttpMethod.Get, "/apps/shop/domains");
        await ValidateAsync("stack", HttpMethod.Get, "/stacks");
        await ValidateAsync("region", HttpMethod.Get, "/regions");
        await ValidateAsync("config-var/definitions/config_vars", HttpMethod.Patch, "/apps/shop/config-vars", new() { ["A"] = "1" });
        await ValidateAsync("config-var/definitions/config_vars", HttpMethod.Get, "/apps/shop/config-vars");
        await ValidateAsync("config-var/definitions/config_vars", HttpMethod.Get, "/apps/shop/releases/3/config-vars");
        await ValidateAsync("source", HttpMethod.Post, "/sources");
        await ValidateAsync("build", HttpMethod.Get, "/apps/shop/builds");
        await ValidateAsync("build", HttpMethod.Get, $"/apps/shop/builds/{build["id"]}");
        await ValidateAsync("build", HttpMethod.Delete, $"/apps/shop/builds/{build["id"]}");
        await ValidateAsync("slug", HttpMethod.Get, $"/apps/shop/slugs/{build["slug"]!["id"]}");
        await ValidateAsync("slug", HttpMethod.Post, "/apps/shop/slugs", new() { ["process_types"] = new JsonObject { ["web"] = "x" } });
        await ValidateAsync("release", HttpMethod.Get, "/apps/shop/releases");
        await ValidateAsync("release", HttpMethod.Get, "/apps/shop/releases/3");
        await ValidateAsync("release", HttpMethod.Post, "/apps/shop/releases", new() { ["release"] = build["release"]!["id"]!.ToString() });
        await ValidateAsync("dyno", HttpMethod.Get, "/apps/shop/dynos");
        await ValidateAsync("dyno", HttpMethod.Get, "/apps/shop/dynos/web.1");
        await ValidateAsync("dyno", HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = "true" });
        await ValidateAsync("dyno", HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = "true", ["attach"] = true });
        await ValidateAsync("formation", HttpMethod.Get, "/apps/shop/formation");
        await ValidateAsync("formation", HttpMethod.Get, "/apps/shop/formation/web");
        await ValidateAsync("formation", HttpMethod.Patch, "/apps/shop/formation/web", new() { ["quantity"] = 1 });
        await ValidateAsync("log-session", HttpMethod.Post, "/apps/shop/log-sessions");
        JsonNode drain = await ValidateAsync("log-drain", HttpMethod.Post, "/apps/shop/log-drains", new() { ["url"] = "http://127.0.0.1:1/" });
        await ValidateAsync("log-drain", HttpMethod.Get, "/apps/shop/log-drains");
        await ValidateAsync("log-drain", HttpMethod.Delete, $"/apps/shop/log-drains/{drain["id"]}");
    }

    [Test]
    public async Task Answers_WhileThingsGoWrong_AreValid()
    {
        Heroku.Faults.HangReleasePhases = 1;
        await StartBuildAsync();
        await ValidateAsync("build", HttpMethod.Get, "/apps/shop/builds");
        await WaitAsync("/apps/shop/releases", list => list.AsArray().Any(r => r!["status"]!.ToString() == "pending"));
        await ValidateAsync("release", HttpMethod.Get, "/apps/shop/releases");
        Heroku.Faults.FailBuilds = 1;
        await DeployAsync();
        await ValidateAsync("build", HttpMethod.Get, "/apps/shop/builds");
        Heroku.Faults.SuspendAccount = true;
        await ValidateAsync("account", HttpMethod.Get, "/account");
    }

    [TestCase("""{"remaining": "many"}""", "rate-limit", Description = "a wrong type")]
    [TestCase("""{}""", "rate-limit", Description = "a missing member")]
    [TestCase("""{"remaining": 1, "more": 2}""", "rate-limit", Description = "a member that the API does not have")]
    [TestCase("""{"created_at": "yesterday", "id": "01234567-89ab-cdef-0123-456789abcdef", "logplex_url": "https://x", "updated_at": "2012-01-01T12:00:00Z"}""", "log-session", Description = "no time")]
    [TestCase("""{"created_at": "2012-01-01T12:00:00Z", "id": "1", "logplex_url": "https://x", "updated_at": "2012-01-01T12:00:00Z"}""", "log-session", Description = "no UUID")]
    public void Answer_ThatIsNone_IsFound(string json, string resource) => Assert.That(FaultsOf(resource, JsonNode.Parse(json)!), Is.Not.Empty);

    private async Task<JsonNode> ValidateAsync(string resource, HttpMethod method, string path, JsonObject? body = null)
    {
        (int status, JsonNode? answer) = await SendAsync(method, path, body);
        Assert.That(status, Is.InRange(200, 206), $"{method} {path}: {answer}");
        JsonNode[] items = answer is JsonArray list ? [.. list.Select(i => i!)] : [answer!];
        Assert.That(items, Is.Not.Empty, $"{method} {path}");
        Assert.That(items.SelectMany(item => FaultsOf(resource, resource == "app" ? AtHeroku(item) : item)), Is.Empty, $"{method} {path}: {answer}");
        return answer!;
    }

    private static string[] FaultsOf(string resource, JsonNode item)
    {
        JsonSchema schema = resource.Split("/definitions/").Aggregate(_schema, (found, name) => found.Definitions[name]);
        return [.. schema.Validate(item.ToJsonString()).Select(fault => $"{fault.Path}: {fault.Kind}")];
    }

    /// <summary>An app with the addresses that it would have at Heroku: the one thing in which the local platform must differ.</summary>
    private JsonNode AtHeroku(JsonNode app)
    {
        string name = app["name"]!.ToString();
        Assert.That(app["git_url"]!.ToString(), Is.EqualTo($"{Heroku.ApiUrl}{name}.git"));
        Assert.That(app["web_url"]!.ToString(), Does.StartWith($"http://{name}.localhost:").And.EndWith("/"));
        JsonNode copy = app.DeepClone();
        copy["git_url"] = $"https://git.heroku.com/{name}.git";
        copy["web_url"] = $"https://{name}.herokuapp.com/";
        return copy;
    }
}

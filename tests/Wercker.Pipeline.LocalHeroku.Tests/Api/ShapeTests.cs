using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

/// <summary>Every answer has the members of Heroku's Platform API, all of them, and of their types.</summary>
internal sealed partial class ShapeTests : PlatformTest
{
    // member:type, where the type is t(ext) i(nteger) b(oolean) d(ate) u(uid) o(bject) a(rray), and ? allows null.
    private static readonly Dictionary<string, string> Shapes = new()
    {
        ["account"] = "allow_tracking:b beta:b country_of_residence:t? created_at:d default_organization:o? default_team:o? delinquent_at:d? email:t "
            + "federated:b id:u identity_provider:o? last_login:d? name:t? sms_number:t? suspended_at:d? two_factor_authentication:b updated_at:d verified:b",
        ["key"] = "comment:t created_at:d email:t fingerprint:t id:u public_key:t updated_at:d",
        ["app"] = "acm:b archived_at:d? build_stack:o buildpack_provided_description:t? created_at:d generation:o git_url:t id:u internal_routing:b? "
            + "maintenance:b name:t organization:o? owner:o region:o released_at:d? repo_size:i? slug_size:i? space:o? stack:o team:o? updated_at:d web_url:t?",
        ["dyno"] = "app:o attach_url:t? command:t created_at:d id:u name:t release:o size:t state:t type:t updated_at:d",
        ["formation"] = "app:o command:t created_at:d dyno_size:o id:u quantity:i size:t type:t updated_at:d",
        ["release"] = "addon_plan_names:a app:o artifacts:a created_at:d current:b description:t eligible_for_rollback:b id:u output_stream_url:t? "
            + "slug:o? status:t updated_at:d user:o version:i",
        ["build"] = "app:o buildpacks:a? created_at:d id:u output_stream_url:t release:o? slug:o? source_blob:o stack:t status:t updated_at:d user:o",
        ["slug"] = "blob:o buildpack_provided_description:t? checksum:t? commit:t? commit_description:t? created_at:d id:u process_types:o size:i? stack:o updated_at:d",
        ["source"] = "source_blob:o",
        ["log-session"] = "created_at:d id:u logplex_url:t updated_at:d",
        ["log-drain"] = "addon:o? app:o? created_at:d id:u token:t updated_at:d url:t",
        ["rate-limit"] = "remaining:i",
        ["collaborator"] = "app:o created_at:d id:u permissions:a role:t? updated_at:d user:o",
        ["domain"] = "acm_status:t? acm_status_reason:t? app:o cname:t? created_at:d hostname:t id:u kind:t sni_endpoint:o? status:t updated_at:d",
        ["stack"] = "created_at:d default:b id:u name:t state:t updated_at:d",
        ["region"] = "country:t created_at:d description:t id:u locale:t name:t private_capable:b provider:o updated_at:d",
    };

    [Test]
    public async Task Answers_OfEveryEndpoint_HaveTheMembersOfTheApi()
    {
        string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJv5xT1u6lV1mQm0J3g8m4n2kH7cQn0rY5w9eK3p2Xz me";
        JsonNode build = await DeployAsync(AppFiles("1", "release: true\n"));
        await WaitAsync("/apps/shop/releases/3", r => r["status"]!.ToString() == "succeeded");
        await WaitForStateAsync("web.1", "up");

        await CheckAsync("account", HttpMethod.Get, "/account");
        await CheckAsync("rate-limit", HttpMethod.Get, "/account/rate-limits");
        JsonNode added = await CheckAsync("key", HttpMethod.Post, "/account/keys", new() { ["public_key"] = key });
        await CheckAsync("key", HttpMethod.Get, "/account/keys");
        await CheckAsync("key", HttpMethod.Delete, $"/account/keys/{added["id"]}");
        await CheckAsync("app", HttpMethod.Get, "/apps/shop");
        await CheckAsync("app", HttpMethod.Get, "/apps");
        await CheckAsync("app", HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = false });
        await CheckAsync("collaborator", HttpMethod.Get, "/apps/shop/collaborators");
        await CheckAsync("domain", HttpMethod.Get, "/apps/shop/domains");
        await CheckAsync("stack", HttpMethod.Get, "/stacks");
        await CheckAsync("region", HttpMethod.Get, "/regions");
        await CheckAsync("source", HttpMethod.Post, "/sources");
        await CheckAsync("build", HttpMethod.Get, "/apps/shop/builds");
        await CheckAsync("slug", HttpMethod.Get, $"/apps/shop/slugs/{build["slug"]!["id"]}");
        await CheckAsync("slug", HttpMethod.Post, "/apps/shop/slugs", new() { ["process_types"] = new JsonObject { ["web"] = "x" } });
        await CheckAsync("release", HttpMethod.Get, "/apps/shop/releases");
        await CheckAsync("release", HttpMethod.Post, "/apps/shop/releases", new() { ["release"] = build["release"]!["id"]!.ToString() });
        await CheckAsync("dyno", HttpMethod.Get, "/apps/shop/dynos");
        await CheckAsync("dyno", HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = "true" });
        await CheckAsync("formation", HttpMethod.Get, "/apps/shop/formation");
        await CheckAsync("formation", HttpMethod.Patch, "/apps/shop/formation/web", new() { ["quantity"] = 1 });
        await CheckAsync("log-session", HttpMethod.Post, "/apps/shop/log-sessions");
        JsonNode drain = await CheckAsync("log-drain", HttpMethod.Post, "/apps/shop/log-drains", new() { ["url"] = "http://127.0.0.1:1/" });
        await CheckAsync("log-drain", HttpMethod.Delete, $"/apps/shop/log-drains/{drain["id"]}");
    }

    private async Task<JsonNode> CheckAsync(string resource, HttpMethod method, string path, JsonObject? body = null)
    {
        (int status, JsonNode? answer) = await SendAsync(method, path, body);
        Assert.That(status, Is.InRange(200, 206), $"{method} {path}: {answer}");
        JsonNode[] items = answer is JsonArray list ? [.. list.Select(i => i!)] : [answer!];
        Assert.That(items, Is.Not.Empty, $"{method} {path}");
        string[] members = Shapes[resource].Split(' ');
        foreach (JsonObject item in items.Cast<JsonObject>())
        {
            Assert.That(item.Select(p => p.Key), Is.EquivalentTo(members.Select(m => m.Split(':')[0])), $"members of {method} {path}");
            foreach (string member in members)
            {
                string name = member.Split(':')[0];
                Assert.That(Fits(item[name], member.Split(':')[1]), Is.True, $"{method} {path}: {name} is {item[name]?.ToJsonString() ?? "null"}, not {member}");
            }
        }

        return answer!;
    }

    private static bool Fits(JsonNode? value, string type) => (value?.GetValueKind(), type[0]) switch
    {
        (null, _) => type.EndsWith('?'),
        (JsonValueKind.String, 't') => true,
        (JsonValueKind.String, 'd') => Date().IsMatch(value!.ToString()),
        (JsonValueKind.String, 'u') => Guid.TryParseExact(value!.ToString(), "D", out _),
        (JsonValueKind.Number, 'i') => value!.AsValue().TryGetValue(out long _),
        (JsonValueKind.True or JsonValueKind.False, 'b') => true,
        (JsonValueKind.Object, 'o') => true,
        (JsonValueKind.Array, 'a') => true,
        _ => false,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    private static partial Regex Date();
}

using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class AccountEndpointsTests : PlatformTest
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJv5xT1u6lV1mQm0J3g8m4n2kH7cQn0rY5w9eK3p2Xz me@here";

    [Test]
    public async Task Keys_AddedListedAndDeleted_AreWhatWasUploaded()
    {
        (int created, JsonNode? key) = await SendAsync(HttpMethod.Post, "/account/keys", new JsonObject { ["public_key"] = Key + "\n" });
        JsonNode listed = (await GetAsync("/account/keys")).AsArray().Single()!;
        (int deleted, _) = await SendAsync(HttpMethod.Delete, $"/account/keys/{key!["id"]}");

        Assert.That(created, Is.EqualTo(201));
        Assert.That(key["comment"]!.ToString(), Is.EqualTo("me@here"));
        Assert.That(key["fingerprint"]!.ToString(), Does.Match("^([0-9a-f]{2}:){15}[0-9a-f]{2}$"));
        Assert.That(listed.ToJsonString(), Is.EqualTo(key.ToJsonString()));
        Assert.That(deleted, Is.EqualTo(200));
        Assert.That((await GetAsync("/account/keys")).AsArray(), Is.Empty);
    }

    [Test]
    public async Task Keys_ThatExistOrAreNone_AreRefused()
    {
        await SendAsync(HttpMethod.Post, "/account/keys", new JsonObject { ["public_key"] = Key });

        Assert.That((await SendAsync(HttpMethod.Post, "/account/keys", new JsonObject { ["public_key"] = Key })).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Post, "/account/keys", new JsonObject { ["public_key"] = "no key" })).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Post, "/account/keys", new JsonObject { ["public_key"] = Key + "\ncommand=\"x\" " + Key })).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Post, "/account/keys")).Status, Is.EqualTo(422));
        Assert.That((await SendAsync(HttpMethod.Delete, "/account/keys/nope")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task RateLimits_Asked_CostNothing()
    {
        JsonNode before = await GetAsync("/account/rate-limits");

        Assert.That((await GetAsync("/account/rate-limits"))["remaining"]!.GetValue<int>(), Is.EqualTo(before["remaining"]!.GetValue<int>()));
    }
}

using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>The account and its keys, and what the platform offers in general.</summary>
internal static class AccountEndpoints
{
    public static void Map(ApiPipeline api)
    {
        api.Map("GET", "/account", call => ApiAnswer.Ok(Views.Account(call.Platform)));
        api.Map("GET", "/account/rate-limits", _ => ApiAnswer.Ok(new JsonObject { ["remaining"] = api.Limit.Remaining }));
        api.Map("GET", "/account/features", _ => ApiAnswer.List([]));
        api.Map("GET", "/account/keys", call => ApiAnswer.List(call.Platform.Account.Keys.Select(Views.Key), "id", "fingerprint"));
        api.Map("POST", "/account/keys", AddKeyAsync);
        api.Map("GET", "/account/keys/{key}", call => ApiAnswer.Ok(Views.Key(FindKey(call))));
        api.Map("DELETE", "/account/keys/{key}", RemoveKey);
        api.Map("GET", "/teams", _ => ApiAnswer.List([]));
        api.Map("GET", "/stacks", call => ApiAnswer.List([Stack(call.Platform)], "name", "id"));
        api.Map("GET", "/regions", call => ApiAnswer.List([Region(call.Platform)], "name", "id"));
    }

    private static async Task<ApiAnswer> AddKeyAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        LocalPlatform platform = call.Platform;
        SshKey key = SshKey.Parse(body.RequiredText("public_key"), platform.Time.GetUtcNow())
            ?? throw ApiException.Invalid("Key is not a valid SSH public key.");
        if (!platform.Account.TryAdd(key))
        {
            throw ApiException.Invalid("Fingerprint has already been taken.");
        }

        platform.Ssh.Allow(platform.Account.Keys);
        return ApiAnswer.Created(Views.Key(key));
    }

    private static ApiAnswer RemoveKey(ApiCall call)
    {
        SshKey key = FindKey(call);
        if (call.Platform.Faults.Take(Fault.FailKeyDeletions))
        {
            throw new ApiException(500, "internal_server_error", "Failed by a fault switch.");
        }

        call.Platform.Account.Remove(key);
        call.Platform.Ssh.Allow(call.Platform.Account.Keys);
        return ApiAnswer.Ok(Views.Key(key));
    }

    private static SshKey FindKey(ApiCall call) =>
        call.Platform.Account.Find(Uri.UnescapeDataString(call.Route("key"))) ?? throw ApiException.NotFound("key");

    private static JsonObject Stack(LocalPlatform platform)
    {
        JsonObject stack = Views.StackReference();
        stack["default"] = true;
        stack["state"] = "public";
        stack["created_at"] = Views.Time(platform.Account.CreatedAt);
        stack["updated_at"] = Views.Time(platform.Account.CreatedAt);
        return stack;
    }

    private static JsonObject Region(LocalPlatform platform) => new()
    {
        ["country"] = "United States",
        ["created_at"] = Views.Time(platform.Account.CreatedAt),
        ["description"] = "United States",
        ["id"] = new Guid(2, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 2).ToString(),
        ["locale"] = "Virginia",
        ["name"] = "us",
        ["private_capable"] = false,
        ["provider"] = new JsonObject { ["name"] = "amazon-web-services", ["region"] = "us-east-1" },
        ["updated_at"] = Views.Time(platform.Account.CreatedAt),
    };
}

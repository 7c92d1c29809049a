using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>The fault switches over HTTP, for tests in another process.</summary>
internal static class FaultEndpoints
{
    public static void Map(ApiPipeline api)
    {
        api.Map("GET", "/_local/faults", call => ApiAnswer.Ok(Show(call.Platform.Faults)));
        api.Map("PATCH", "/_local/faults", ChangeAsync);
        api.Map("DELETE", "/_local/faults", call =>
        {
            call.Platform.Faults.Clear();
            return ApiAnswer.Ok(Show(call.Platform.Faults));
        });
    }

    private static JsonObject Show(LocalHerokuFaults faults)
    {
        var all = new JsonObject
        {
            ["buildDelay"] = faults.BuildDelay.TotalSeconds,
            ["requestFilter"] = faults.RequestFilter,
            ["spoilSeed"] = faults.SpoilSeed,
            ["spoilRate"] = faults.SpoilRate,
            ["spoilHang"] = faults.SpoilHang.TotalSeconds,
        };
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            all[Name(fault)] = LocalHerokuFaults.IsOnOff(fault) ? faults.Get(fault) != 0 : JsonValue.Create(faults.Get(fault));
        }

        return all;
    }

    private static async Task<ApiAnswer> ChangeAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        LocalHerokuFaults faults = call.Platform.Faults;
        foreach ((string name, JsonNode? value) in body)
        {
            if (name == "buildDelay" && value is JsonValue seconds && seconds.TryGetValue(out double delay) && delay is >= 0 and < 86_400)
            {
                faults.BuildDelay = TimeSpan.FromSeconds(delay);
            }
            else if (name == "spoilHang" && value is JsonValue hang && hang.TryGetValue(out double time) && time is >= 0 and < 86_400)
            {
                faults.SpoilHang = TimeSpan.FromSeconds(time);
            }
            else if (name == "spoilSeed" && value is JsonValue number && number.TryGetValue(out int seed))
            {
                faults.SpoilSeed = seed;
            }
            else if (name == "spoilRate" && value is JsonValue share && share.TryGetValue(out double rate) && rate is >= 0 and <= 1)
            {
                faults.SpoilRate = rate;
            }
            else if (name == "requestFilter")
            {
                faults.RequestFilter = body.Text(name) ?? "";
            }
            else
            {
                faults.Set(Find(name), Count(name, value));
            }
        }

        return ApiAnswer.Ok(Show(faults));
    }

    private static Fault Find(string name)
    {
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            if (Name(fault) == name)
            {
                return fault;
            }
        }

        throw ApiException.Invalid($"There is no fault switch {name} for such a value.");
    }

    private static int Count(string name, JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => -1,
        JsonValueKind.False => 0,
        JsonValueKind.Number when value.AsValue().TryGetValue(out int count) && count >= -1 => count,
        _ => throw ApiException.Invalid($"{name} has to be true, false, -1 for always or a count."),
    };

    private static string Name(Fault fault) => JsonNamingPolicy.CamelCase.ConvertName(fault.ToString());
}

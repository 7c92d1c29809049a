using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>One request to the API, with what endpoints ask of it.</summary>
internal sealed class ApiCall(LocalPlatform platform, HttpContext context)
{
    public LocalPlatform Platform => platform;

    public HttpContext Context => context;

    /// <exception cref="ApiException">There is no app of the name or id in the path.</exception>
    public App App => platform.Apps.Find(Route("app")) ?? throw ApiException.NotFound("app");

    public string Route(string name) => (string)context.GetRouteValue(name)!;

    /// <summary>The body, which may be missing where every member is optional.</summary>
    public async Task<JsonObject> ReadBodyAsync()
    {
        try
        {
            using var text = new MemoryStream();
            await context.Request.Body.CopyToAsync(text, context.RequestAborted).ConfigureAwait(false);
            if (text.Length == 0)
            {
                return [];
            }

            return JsonNode.Parse(text.ToArray()) as JsonObject
                ?? throw new ApiException(400, "bad_request", "The body has to be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new ApiException(400, "bad_request", "Unable to parse the JSON of the request body: " + e.Message);
        }
    }
}

/// <summary>Reads members of request bodies and refuses those of the wrong type.</summary>
internal static class BodyMembers
{
    public static string? Text(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw ApiException.Invalid($"{name} has to be a string."),
    };

    public static string RequiredText(this JsonObject body, string name) =>
        body.Text(name) is { Length: > 0 } text ? text : throw ApiException.Invalid($"{name} is required and has to be a string.");

    public static bool? Flag(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        _ => throw ApiException.Invalid($"{name} has to be true or false."),
    };

    public static int? Integer(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) => number,
        _ => throw ApiException.Invalid($"{name} has to be an integer."),
    };

    /// <summary>
    /// A map of names to strings, as of environments and process types. Numbers and booleans are taken as their text: the CLI
    /// sends the size of its terminal as numbers.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Map(this JsonObject body, string name)
    {
        if (body[name] is null)
        {
            return new Dictionary<string, string>();
        }

        JsonObject map = body[name] as JsonObject ?? throw ApiException.Invalid($"{name} has to be an object.");
        return map.ToDictionary(pair => pair.Key, pair => pair.Value?.GetValueKind() switch
        {
            JsonValueKind.String => pair.Value.GetValue<string>(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => pair.Value.ToJsonString(),
            _ => throw ApiException.Invalid($"{name}.{pair.Key} has to be a string."),
        });
    }
}

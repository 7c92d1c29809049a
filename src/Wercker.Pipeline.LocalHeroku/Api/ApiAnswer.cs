using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>What an endpoint answers with. Lists are cut to the range that was asked for before they are sent.</summary>
internal sealed record ApiAnswer(int Status, JsonNode? Body)
{
    /// <summary>The members by which a list may be ranged over, the default one first; null for what is no list.</summary>
    public IReadOnlyList<string>? Ranges { get; init; }

    public static ApiAnswer Ok(JsonNode body) => new(200, body);

    public static ApiAnswer Created(JsonNode body) => new(201, body);

    public static ApiAnswer Accepted() => new(202, new JsonObject());

    public static ApiAnswer List(IEnumerable<JsonObject> items, params string[] ranges) =>
        new(200, new JsonArray([.. items])) { Ranges = ranges.Length > 0 ? ranges : ["id"] };
}

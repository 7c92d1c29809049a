using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>One event of the double.</summary>
internal sealed record LogglyEvent(DateTimeOffset At, string Raw, string? Host, IReadOnlyList<string> Tags)
{
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The input of the first generation that it came by: its first tag.</summary>
    public string Input => Tags.Count > 0 ? Tags[0] : "app";

    /// <summary>The event's JSON, when its text is a JSON object.</summary>
    public JsonObject? Json { get; } = Parse(Raw);

    /// <summary>The values of a field by its path with dots; empty when there is no such field.</summary>
    public IEnumerable<string> Field(string name) => name switch
    {
        "tag" => Tags,
        "inputname" => [Input],
        "ip" or "device" or "syslog.host" => Host is null ? [] : [Host],
        "isjson" => [Json is null ? "false" : "true"],
        "logtype" => Json is null ? [] : ["json"],
        _ when name.StartsWith("json.", StringComparison.Ordinal) => Find(Json, name.Split('.')[1..]) is { } value ? [value.ToString()] : [],
        _ => [],
    };

    private static JsonNode? Find(JsonNode? node, IEnumerable<string> path) =>
        path.Aggregate(node, (at, name) => at is JsonObject inner && inner.TryGetPropertyValue(name, out var next) ? next : null);

    private static JsonObject? Parse(string raw)
    {
        try
        {
            return raw.StartsWith('{') ? JsonNode.Parse(raw) as JsonObject : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Configuration;

internal enum ConfigNodeKind
{
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// <summary>A JSON value that remembers where it stands.</summary>
internal sealed class ConfigNode
{
    /// <summary>Stands for "in no file".</summary>
    public const int Nowhere = -1;

    public required ConfigNodeKind Kind { get; init; }

    /// <summary>Where the value begins in its file, in UTF-16 units; <see cref="Nowhere"/> for values of IConfiguration.</summary>
    public int Offset { get; init; } = Nowhere;

    /// <summary>The decoded string, or the number, true, false or null as written.</summary>
    public string Text { get; init; } = string.Empty;

    public IReadOnlyList<ConfigNode> Items { get; init; } = [];

    public IReadOnlyList<ConfigMember> Members { get; init; } = [];

    /// <summary>IConfiguration knows only text, so there "true" is as good as true.</summary>
    public bool IsLoose => Offset == Nowhere;

    /// <summary>The kind in words: "a string".</summary>
    public string Words => Kind switch
    {
        ConfigNodeKind.Object => "an object { }",
        ConfigNodeKind.Array => "a list [ ]",
        ConfigNodeKind.String => "a string",
        ConfigNodeKind.Number => "a number",
        ConfigNodeKind.Boolean => Text,
        _ => "null",
    };

    public static ConfigNode FromJson(JsonNode? node, KeyPath path, int depth = 1)
    {
        if (depth > JsonParser.MaximumDepth)
        {
            throw new ConfigurationException($"{path}: nested deeper than {JsonParser.MaximumDepth} levels. Flatten it.") { KeyPath = path.ToString() };
        }

        return node switch
        {
            null => new ConfigNode { Kind = ConfigNodeKind.Null, Text = "null" },
            JsonObject map => new ConfigNode
            {
                Kind = ConfigNodeKind.Object,
                Members = [.. map.Select(pair => new ConfigMember(pair.Key, Nowhere, FromJson(pair.Value, path.Member(pair.Key), depth + 1)))],
            },
            JsonArray list => new ConfigNode
            {
                Kind = ConfigNodeKind.Array,
                Items = [.. list.Select((item, index) => FromJson(item, path.Item(index), depth + 1))],
            },
            _ => FromScalar(node),
        };
    }

    public JsonNode? ToJson() => Kind switch
    {
        ConfigNodeKind.Object => ToJsonObject(),
        ConfigNodeKind.Array => new JsonArray([.. Items.Select(item => item.ToJson())]),
        ConfigNodeKind.String => JsonValue.Create(Text),
        ConfigNodeKind.Null => null,

        // Parsed and not converted, so that 2.10 stays 2.10.
        _ => JsonNode.Parse(Text),
    };

    public JsonObject ToJsonObject()
    {
        var result = new JsonObject();
        foreach (var member in Members)
        {
            result[member.Key] = member.Value.ToJson();
        }

        return result;
    }

    private static ConfigNode FromScalar(JsonNode node) => node.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.True => new ConfigNode { Kind = ConfigNodeKind.Boolean, Text = "true" },
        System.Text.Json.JsonValueKind.False => new ConfigNode { Kind = ConfigNodeKind.Boolean, Text = "false" },
        System.Text.Json.JsonValueKind.Number => new ConfigNode { Kind = ConfigNodeKind.Number, Text = node.ToString() },
        System.Text.Json.JsonValueKind.Null => new ConfigNode { Kind = ConfigNodeKind.Null, Text = "null" },
        _ => new ConfigNode { Kind = ConfigNodeKind.String, Text = node.ToString() },
    };
}

/// <summary>One "key": value pair.</summary>
internal sealed record ConfigMember(string Key, int KeyOffset, ConfigNode Value);

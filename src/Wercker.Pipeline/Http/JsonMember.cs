using System.Globalization;
using System.Text.Json;

namespace Wercker.Pipeline.Http;

/// <summary>The way to a member of a JSON document: "build.commit", "apps[0].version".</summary>
internal sealed class JsonMember
{
    private readonly string _text;
    private readonly List<(string? Name, int Index)> _parts = [];

    private JsonMember(string text) => _text = text;

    /// <exception cref="ConfigurationException">The text is no way.</exception>
    public static JsonMember Parse(string text)
    {
        var member = new JsonMember(text);
        var isFirst = true;
        foreach (var step in (text ?? string.Empty).Split('.'))
        {
            var pieces = step.Split('[');
            if (pieces[0].Length > 0)
            {
                member._parts.Add((pieces[0], 0));
            }
            else if (!isFirst || pieces.Length == 1)
            {
                throw Fault(text);
            }

            foreach (var piece in pieces.Skip(1))
            {
                member._parts.Add(piece.EndsWith(']') && int.TryParse(piece.AsSpan(0, piece.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? (null, index)
                    : throw Fault(text));
            }

            isFirst = false;
        }

        return member;
    }

    /// <summary>Finds the member; null when it is not there.</summary>
    public JsonElement? Find(JsonElement? root)
    {
        var at = root;
        foreach (var (name, index) in _parts)
        {
            at = at switch
            {
                { ValueKind: JsonValueKind.Object } inside when name is not null && inside.TryGetProperty(name, out var member) => member,
                { ValueKind: JsonValueKind.Array } list when name is null && index < list.GetArrayLength() => list[index],
                _ => null,
            };
        }

        return at;
    }

    /// <summary>A text, number or flag as text; null for everything else.</summary>
    public static string? TextOf(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.String => value.Value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.Value.GetRawText(),
        _ => null,
    };

    /// <inheritdoc />
    public override string ToString() => _text;

    private static ConfigurationException Fault(string? text) => new($"'{text}' is not the way to a member of a JSON document: write \"status\", \"build.commit\" or \"apps[0].version\".");
}

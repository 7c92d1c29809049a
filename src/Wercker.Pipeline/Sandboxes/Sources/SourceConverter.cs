using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Writes a source to the journal: {"kind": "git", "path": "/src/shop", "revision": "a1b2c3d"}.</summary>
internal sealed class SourceConverter : JsonConverter<Source>
{
    public override Source Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var map = JsonNode.Parse(ref reader) as JsonObject;
        return Enum.TryParse<SourceKind>((string?)map?["kind"], ignoreCase: true, out var kind) && (string?)map["path"] is { Length: > 0 } path
            ? new Source(kind, path, (string?)map["revision"]) { Except = [.. (map["except"] as JsonArray ?? []).Select(one => (string)one!)] }
            : throw new JsonException("A source has a kind (directory, git, artifact) and a path.");
    }

    public override void Write(Utf8JsonWriter writer, Source value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        writer.WriteString("kind", value.Kind switch { SourceKind.Git => "git", SourceKind.Artifact => "artifact", _ => "directory" });
        writer.WriteString("path", value.Path);
        if (value.GitRevision is { } revision)
        {
            writer.WriteString("revision", revision);
        }

        if (value.Except.Count > 0)
        {
            writer.WriteStartArray("except");
            foreach (var path in value.Except)
            {
                writer.WriteStringValue(path);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

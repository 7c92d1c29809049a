using System.Text.Json;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Graphite.Render;

/// <summary>One series of an answer: {"target": "shop.web.load", "datapoints": [[0.5, 1760000000], [null, 1760000060]]}.</summary>
internal sealed class RenderedSeries
{
    public string? Target { get; init; }

    [JsonConverter(typeof(DatapointsConverter))]
    public SeriesPoints? Datapoints { get; init; }
}

/// <summary>Reads pairs of value and second, the value first.</summary>
internal sealed class DatapointsConverter : JsonConverter<SeriesPoints>
{
    public override SeriesPoints Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray);
        var points = new SeriesPoints();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            Expect(reader.TokenType is JsonTokenType.Number or JsonTokenType.Null);
            var value = reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.Number);
            points.Add(reader.TryGetInt64(out var second) ? checked(second * 1000) : checked((long)(reader.GetDouble() * 1000)), value);
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.EndArray);
        }

        Expect(reader.TokenType == JsonTokenType.EndArray);
        return points.Trim();
    }

    public override void Write(Utf8JsonWriter writer, SeriesPoints value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new JsonException("datapoints must be pairs of a value and a second.");
        }
    }
}

/// <summary>How answers are read: one series after the other, unknown members passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultBufferSize = 128 * 1024)]
[JsonSerializable(typeof(RenderedSeries))]
internal sealed partial class RenderJson : JsonSerializerContext;

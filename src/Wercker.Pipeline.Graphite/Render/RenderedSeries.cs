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
internal sealed class DatapointsConverter() : PointsConverter("datapoints must be pairs of a value and a second.")
{
    protected override (long Time, double Value) ReadPair(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(reader.TokenType is JsonTokenType.Number or JsonTokenType.Null);
        var value = reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();
        return (ReadTime(ref reader), value);
    }
}

/// <summary>How answers are read: one series after the other, unknown members passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultBufferSize = 128 * 1024)]
[JsonSerializable(typeof(RenderedSeries))]
internal sealed partial class RenderJson : JsonSerializerContext;

using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Prometheus.Queries;

// Only what is used is read, and every member may be missing.
internal sealed record Answer(string? Status, AnswerData? Data, string? ErrorType, string? Error, IReadOnlyList<string>? Warnings);

internal sealed record AnswerData(string? ResultType, IReadOnlyList<AnswerSeries>? Result);

internal sealed class AnswerSeries
{
    public Dictionary<string, string> Metric { get; init; } = [];

    [JsonConverter(typeof(SamplesConverter))]
    public SeriesPoints? Values { get; init; }
}

/// <summary>Reads pairs of second and value, the value as text: [1760000000.123, "0.5"].</summary>
internal sealed class SamplesConverter() : PointsConverter("samples must be pairs of a second and a number as text.")
{
    protected override (long Time, double Value) ReadPair(ref Utf8JsonReader reader)
    {
        var time = ReadTime(ref reader);
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.String);
        return (time, ValueOf(ref reader));
    }

    private double ValueOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("NaN"u8))
        {
            return double.NaN;
        }

        if (reader.ValueTextEquals("+Inf"u8) || reader.ValueTextEquals("-Inf"u8))
        {
            return reader.ValueTextEquals("+Inf"u8) ? double.PositiveInfinity : double.NegativeInfinity;
        }

        // A number in text has no escapes, and a converter is given it in one piece.
        Expect(Utf8Parser.TryParse(reader.ValueSpan, out double value, out var length) && length > 0 && length == reader.ValueSpan.Length);
        return value;
    }
}

/// <summary>How answers are read, unknown members passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Answer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

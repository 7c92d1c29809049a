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
internal sealed class SamplesConverter : JsonConverter<SeriesPoints>
{
    public override SeriesPoints Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray);
        var points = new SeriesPoints();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.Number);
            var time = checked((long)Math.Round(reader.GetDouble() * 1000));
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String);
            points.Add(time, ValueOf(ref reader));
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.EndArray);
        }

        Expect(reader.TokenType == JsonTokenType.EndArray);
        return points.Trim();
    }

    public override void Write(Utf8JsonWriter writer, SeriesPoints value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static double ValueOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped || reader.HasValueSequence ? Parse(System.Text.Encoding.UTF8.GetBytes(reader.GetString()!)) : Parse(reader.ValueSpan);

    private static double Parse(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("+Inf"u8))
        {
            return double.PositiveInfinity;
        }

        if (text.SequenceEqual("-Inf"u8))
        {
            return double.NegativeInfinity;
        }

        if (text.SequenceEqual("NaN"u8))
        {
            return double.NaN;
        }

        Expect(Utf8Parser.TryParse(text, out double value, out var length) && length == text.Length);
        return value;
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new JsonException("samples must be pairs of a second and a number as text.");
        }
    }
}

/// <summary>How answers are read, unknown members passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Answer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

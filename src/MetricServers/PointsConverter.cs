using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>Reads a list of pairs into points, without an object for each.</summary>
/// <param name="shape">What the pairs must be, for messages.</param>
internal abstract class PointsConverter(string shape) : JsonConverter<SeriesPoints>
{
    public override SeriesPoints Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray);
        var points = new SeriesPoints();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var (time, value) = ReadPair(ref reader);
            points.Add(time, value);
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.EndArray);
        }

        Expect(reader.TokenType == JsonTokenType.EndArray);
        return points.Trim();
    }

    public override void Write(Utf8JsonWriter writer, SeriesPoints value, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <summary>Reads both parts of a pair, from before its first to its second.</summary>
    /// <returns>Milliseconds since 1970, and the value; NaN for none.</returns>
    protected abstract (long Time, double Value) ReadPair(ref Utf8JsonReader reader);

    /// <summary>Reads the second of a point, which may have fractions, as milliseconds.</summary>
    protected long ReadTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.Number);
        return reader.TryGetInt64(out var second) ? checked(second * 1000) : checked((long)Math.Round(reader.GetDouble() * 1000));
    }

    protected void Expect(bool holds)
    {
        if (!holds)
        {
            throw new JsonException(shape);
        }
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>Reads the data of evidence, which anybody may have written: what is not as expected is not there.</summary>
internal static class EvidenceData
{
    public static string? Text(this JsonNode? data, string name) => Member(data, name) is JsonValue value ? Scalar(value) : null;

    public static double? Number(this JsonNode? data, string name) => Number(Member(data, name));

    public static JsonObject? Object(this JsonNode? data, string name) => Member(data, name) as JsonObject;

    public static IReadOnlyList<JsonObject> Objects(this JsonNode? data, string name) =>
        Member(data, name) is JsonArray list ? [.. list.OfType<JsonObject>()] : [];

    public static IReadOnlyList<string> Texts(this JsonNode? data, string name) =>
        Member(data, name) is JsonArray list ? [.. list.OfType<JsonValue>().Select(Scalar).OfType<string>()] : [];

    /// <summary>A list of [seconds since 1970, value or null], as <see cref="Metrics.MetricSeries.ToEvidence"/> writes it.</summary>
    public static IReadOnlyList<(double At, double? Value)> Points(this JsonNode? data, string name) =>
        Member(data, name) is JsonArray list ? [.. list.OfType<JsonArray>().Where(point => point.Count == 2 && Number(point[0]) is not null).Select(point => (Number(point[0])!.Value, Number(point[1])))] : [];

    /// <summary>A text, a number, or a word for true and false; null for everything else.</summary>
    public static string? Scalar(JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return null;
        }

        if (value.TryGetValue<string>(out var text))
        {
            return text;
        }

        if (value.TryGetValue<DateTimeOffset>(out var time))
        {
            return ReportWording.Time(time);
        }

        return value.GetValueKind() switch
        {
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => null,
        };
    }

    private static JsonNode? Member(JsonNode? data, string name) => data is JsonObject values && values.TryGetPropertyValue(name, out var member) ? member : null;

    // A value made from an int does not give itself out as a double, so all go through their text.
    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}

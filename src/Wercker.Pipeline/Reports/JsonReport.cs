using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Wercker.Pipeline.Reports;

/// <summary>report.json: everything, as docs/report.schema.json describes it.</summary>
internal static class JsonReport
{
    // Not the relaxed encoder: somebody will put a report into a page, and then <, > and & must not be there as they are.
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static void Write(DeployReport report, Stream output)
    {
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            JsonSerializer.Serialize(writer, ReportDocument.Of(report), ReportJsonContext.Default.ReportDocument);
        }

        output.WriteByte((byte)'\n');
    }

    public static DeployReport Read(Stream input)
    {
        try
        {
            var document = JsonSerializer.Deserialize(input, ReportJsonContext.Default.ReportDocument)
                ?? throw new InvalidDataException("This is no report.json: it holds null.");
            return document.Schema == ReportDocument.CurrentSchema
                ? document.ToReport()
                : throw new InvalidDataException(
                    $"This report.json is of schema {document.Schema}, and this version reads schema {ReportDocument.CurrentSchema}: use the version that wrote it, or a newer one.");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"This is no report.json: {e.Message}", e);
        }
    }
}

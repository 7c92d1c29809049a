using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Wercker.Pipeline.Reports;

/// <summary>Writes reports in the forms that people and machines read, all of them UTF-8 without a byte order mark.</summary>
/// <remarks>The texts of a report are masked and still hostile: each form neutralises them in its own way.</remarks>
public static class DeployReportWriter
{
    // Not the relaxed encoder: somebody will put a report into a page, and then <, > and & must not be there as they are.
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes report.json: everything, as docs/report.schema.json describes it; times in UTC, durations in seconds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Takes the text; stays open.</param>
    public static void WriteJson(DeployReport report, Stream output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        using (var writer = new Utf8JsonWriter(output, JsonOptions))
        {
            JsonSerializer.Serialize(writer, ReportDocument.Of(report), ReportJsonContext.Default.ReportDocument);
        }

        output.WriteByte((byte)'\n');
    }

    /// <summary>Reads a report.json back. Members that it does not know are passed over.</summary>
    /// <param name="input">The text.</param>
    /// <returns>The report.</returns>
    /// <exception cref="InvalidDataException">The text is no report, or one of a newer schema.</exception>
    public static DeployReport ReadJson(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
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

    /// <summary>Writes report.md, for the step summary of a CI system: under 1 MB; what does not fit is cut and said so.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Takes the text; stays open.</param>
    public static void WriteMarkdown(DeployReport report, Stream output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        new MarkdownReport(report).WriteTo(output);
    }

    /// <summary>Writes junit.xml: a suite with a case for every step, and a second suite for what was undone.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Takes the text; stays open.</param>
    public static void WriteJUnit(DeployReport report, Stream output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        JUnitReport.Write(report, output);
    }

    /// <summary>Writes report.html: one file without scripts and without requests, under 1 MB; what does not fit is cut and said so.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Takes the text; stays open.</param>
    public static void WriteHtml(DeployReport report, Stream output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        new HtmlReport(report).WriteTo(output);
    }
}

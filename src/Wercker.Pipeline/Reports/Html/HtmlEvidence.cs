using System.Globalization;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>Shows one piece of evidence as its kind deserves it; what it does not know, as text.</summary>
internal sealed class HtmlEvidence(HtmlPage page)
{
    private const int MaxText = 32_000;
    private const int MaxSample = 1_200;
    private const int MostRows = 100;

    public void Write(Evidence evidence)
    {
        var data = evidence.Data;
        switch (evidence.Kind)
        {
            case "command" when data.Text("command") is { } command && data.Number("exitCode") is not null:
                WriteCommand(command, evidence.Text, data!);
                break;
            case "metric" when data is not null && MetricChart.Of(data) is { } chart:
                WriteMetric(chart, data);
                break;
            case "log" when data.Number("count") is not null:
                WriteLog(data!);
                break;
            case "http" when data.Objects("probes") is { Count: > 0 } probes:
                WriteProbes(probes, data!);
                break;
            default:
                WriteOther(evidence);
                break;
        }
    }

    /// <summary>A text of a program, with its colours.</summary>
    public void WriteOutput(string text)
    {
        page.Markup("<pre>");
        new TerminalHtml(page).Write(text, MaxText);
        page.Markup("</pre>");
    }

    private void WriteCommand(string command, string? output, JsonObject data)
    {
        page.Markup("<pre><span class=\"soft\">$ </span><strong>").Text(command, MaxText / 4).Markup("</strong>\n");
        if (output is not null)
        {
            new TerminalHtml(page).Write(output, MaxText);
            page.Markup("\n");
        }

        page.Markup("<span class=\"soft\">exit code ").Text(data.Text("exitCode")).Markup(" after ").Text(data.Text("seconds")).Markup(" s</span></pre>");
    }

    private void WriteMetric(MetricChart chart, JsonObject data)
    {
        page.Markup("<figure>");
        chart.WriteTo(page);
        page.Markup("<figcaption><span class=\"key after\">after</span>");
        if (chart.HasBefore)
        {
            page.Markup(" <span class=\"key before\">before</span> <span class=\"key band\">nine of ten values before</span>");
        }

        page.Markup(" <span class=\"key deployed\">the new version is there</span>");
        if (chart.Moved != TimeSpan.Zero)
        {
            page.Markup($"<br>The time before is {Days(chart.Moved)} earlier than it is drawn.");
        }

        WriteLine("Query", data.Text("expression"));
        WriteLine("Why", data.Text("why"));
        page.Markup("</figcaption></figure>");
    }

    private void WriteLine(string name, string? text)
    {
        if (text is not null)
        {
            page.Markup($"<br>{name}: ").Text(text, MaxSample);
        }
    }

    private void WriteLog(JsonObject data)
    {
        var before = data.Object("before");
        page.Markup("<dl class=\"facts\">");
        WriteFact("Query", data.Text("query") is { Length: > 0 } query ? query : "every line");
        WriteFact("From", data.Text("from"));
        WriteFact("Until", data.Text("until"));
        WriteFact("Entries", data.Text("count"));
        WriteFact("Entries before", before.Text("count"));
        WriteFact("Allowed", data.Text("maximum"));
        WriteFact("Canary seen", data.Text("canary"));
        WriteFact("Lost", data.Text("lost"));
        WriteFact("Error", data.Text("error"));
        page.Markup("</dl>");
        if (data.Objects("signatures") is { Count: > 0 } signatures)
        {
            WriteSignatures(signatures, before.Text("count"));
        }
        else
        {
            WriteSamples(data.Texts("samples"));
        }
    }

    private void WriteSignatures(IReadOnlyList<JsonObject> signatures, string? before)
    {
        page.Markup("<table><thead><tr><th scope=\"col\">New signature</th><th scope=\"col\">Before</th><th scope=\"col\">After</th><th scope=\"col\">First seen</th></tr></thead><tbody>");
        foreach (var signature in signatures.Take(MostRows).TakeWhile(_ => !page.IsFull))
        {
            page.Markup("<tr><td class=\"message\"><code>").Text(signature.Text("template"), MaxSample).Markup("</code>");
            WriteSamples(signature.Texts("samples"));
            page.Markup("</td><td class=\"number\">0").Markup(before is null ? string.Empty : " of ").Text(before)
                .Markup("</td><td class=\"number\">").Text(signature.Text("count")).Markup("</td><td>").Text(signature.Text("first")).Markup("</td></tr>");
        }

        page.Markup("</tbody></table>");
    }

    private void WriteSamples(IReadOnlyList<string> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }

        page.Markup($"<details><summary>{samples.Count} sample{(samples.Count == 1 ? string.Empty : "s")}</summary>");
        foreach (var sample in samples.TakeWhile(_ => !page.IsFull))
        {
            page.Markup("<pre>");
            new TerminalHtml(page).Write(sample, MaxSample);
            page.Markup("</pre>");
        }

        page.Markup("</details>");
    }

    private void WriteProbes(IReadOnlyList<JsonObject> probes, JsonObject data)
    {
        page.Markup("<p>").Text(data.Text("url"), MaxSample).Markup("; asked for version ").Text(data.Text("version")).Markup(", ").Text(data.Text("passes")).Markup(" passes in a row within ").Text(data.Text("tries"))
            .Markup(" tries</p><table><thead><tr><th scope=\"col\">After</th><th scope=\"col\">Status</th><th scope=\"col\">Version</th><th scope=\"col\">Took</th><th scope=\"col\">What was seen</th></tr></thead><tbody>");
        foreach (var probe in probes.Take(MostRows).TakeWhile(_ => !page.IsFull))
        {
            page.Markup("<tr><td class=\"number\">").Text(probe.Text("seconds")).Markup(" s</td><td>").Text(probe.Text("status") ?? "–").Markup("</td><td>").Text(probe.Text("version") ?? "–")
                .Markup("</td><td class=\"number\">").Text(probe.Text("milliseconds") is { } took ? $"{took} ms" : "–").Markup("</td><td class=\"message\">").Text(probe.Text("words"), MaxSample);
            if (probe.Number("count") > 1)
            {
                page.Markup(" (seen ").Text(probe.Text("count")).Markup(" times)");
            }

            page.Markup("</td></tr>");
        }

        page.Markup("</tbody></table>");
        if (data.Number("left") > 0)
        {
            page.Markup("<p>").Text(data.Text("left")).Markup(" tries between them are left out.</p>");
        }
    }

    private void WriteOther(Evidence evidence)
    {
        if (evidence is { Text: null, Data: { Count: > 0 } data } && data.All(one => one.Value is null || EvidenceData.Scalar(one.Value) is not null))
        {
            page.Markup("<dl class=\"facts\">");
            foreach (var (name, value) in data.Where(one => one.Value is not null).Take(MostRows).TakeWhile(_ => !page.IsFull))
            {
                WriteFact(name, EvidenceData.Scalar(value));
            }

            page.Markup("</dl>");
        }
        else if (evidence.Data is null)
        {
            WriteOutput(evidence.Text ?? string.Empty);
        }
        else
        {
            page.Markup("<pre>").Text(ReportWording.Text(evidence), MaxText).Markup("</pre>");
        }
    }

    private void WriteFact(string name, string? value)
    {
        if (value is not null)
        {
            page.Markup("<div><dt>").Text(name).Markup("</dt><dd>").Text(value, MaxSample).Markup("</dd></div>");
        }
    }

    private static string Days(TimeSpan time) => time.TotalHours < 48
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} hours")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days");
}

using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Tests.Reports;

/// <summary>Evidence as report.html draws it.</summary>
public sealed class HtmlEvidenceTests
{
    private static readonly TestWindow Window = new(ReportSamples.Noon.AddMinutes(-2), ReportSamples.Noon, ReportSamples.Noon.AddMinutes(10));

    [Test]
    public void Metric_WithTimeBefore_DrawsBothTheBandAndTheMarker()
    {
        var evidence = Series(0, 10, i => 20 + i).ToEvidence("graphite", "shop.errors", Window, Series(-12, 10, i => 5 + (i % 2)));

        var chart = ChartOf(evidence);

        Assert.Multiple(() =>
        {
            Assert.That(Lines(chart, "path", "after"), Has.Count.EqualTo(1));
            Assert.That(Lines(chart, "path", "before"), Has.Count.EqualTo(1));
            Assert.That(Lines(chart, "rect", "band"), Has.Count.EqualTo(1));
            Assert.That(chart.Attribute("aria-label")!.Value, Is.EqualTo("After the deployment 10 points from 20 to 29, the median 25; before it 10 points from 5 to 6, the median 6."));
        });
        var marker = (double)Lines(chart, "line", "deployed").Single().Attribute("x1")!;
        var first = double.Parse(Lines(chart, "path", "after").Single().Attribute("d")!.Value.Split(' ', 'L')[0].TrimStart('M'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(first, Is.EqualTo(marker).Within(0.2), "the first point of the new version stands at the marker");
        Assert.That((double)Lines(chart, "rect", "band").Single().Attribute("y")!, Is.GreaterThan(100), "the band of small values lies low");
    }

    [Test]
    public void Metric_SameHourOfLastWeek_IsDrawnBesideAndSaysSo()
    {
        var html = Write(Series(0, 10, i => i).ToEvidence("graphite", "shop.errors", Window, Series(-7 * 24 * 60, 10, i => i)));

        Assert.That(html, Does.Contain("The time before is 7 days earlier than it is drawn.").And.Contain("class=\"band\""));
    }

    [Test]
    public void Metric_MissingPoints_BreakTheLineAndLonelyOnesAreDots()
    {
        var points = new double?[] { 1, 2, null, 3, null, 4, 5 }.Select((value, i) => (Window.From.AddMinutes(i), value)).ToList();

        var chart = ChartOf(new MetricSeries("shop", points).ToEvidence("graphite", "shop", Window));

        Assert.That(Lines(chart, "path", "after").Single().Attribute("d")!.Value.Count(c => c == 'M'), Is.EqualTo(2));
        Assert.That(Lines(chart, "circle", "after"), Has.Count.EqualTo(1));
    }

    [Test]
    public void Metric_LimitsOfAThreshold_AreDrawnWithTheirWords()
    {
        var evidence = Series(0, 5, i => i).ToEvidence("graphite", "shop", Window);
        evidence.Data!["limits"] = new JsonObject { ["minimum"] = null, ["maximum"] = 10, ["failAbove"] = 20_000 };

        Assert.That(Write(evidence), Does.Contain(">at most 10</text>").And.Contain(">fails above 20 k</text>").And.Not.Contain(">at least"));
    }

    [Test]
    public void Metric_ManyPoints_KeepsTheSpike()
    {
        var chart = ChartOf(Series(0, 5_000, i => i == 3_333 ? 1_000 : 1).ToEvidence("graphite", "shop", Window with { Until = Window.From.AddDays(4) }));

        var heights = Lines(chart, "path", "after").Single().Attribute("d")!.Value.Split('M', 'L').Skip(1).Select(at => double.Parse(at.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.That(heights, Has.Count.LessThanOrEqualTo(420));
        Assert.That(heights.Min(), Is.LessThan(60).And.LessThan(heights.Max() - 100));
    }

    [Test]
    public void Metric_NothingMeasured_IsShownAsData() =>
        Assert.That(Write(new MetricSeries("shop", [(Window.From, null)]).ToEvidence("graphite", "shop", Window)), Does.Not.Contain("class=\"chart\"").And.Contain("&quot;points&quot;"));

    [Test]
    public void Log_NewSignatures_StandBesideTheTimeBefore()
    {
        var html = Write(new Evidence("log", "new errors")
        {
            Data = new JsonObject
            {
                ["query"] = "",
                ["count"] = 120,
                ["before"] = new JsonObject { ["count"] = 4_000 },
                ["signatures"] = new JsonArray(new JsonObject { ["template"] = "NullReferenceException at <*>", ["count"] = 17, ["first"] = Window.From, ["samples"] = new JsonArray("one", "two", "three") }),
            },
        });

        Assert.That(html, Does.Contain("NullReferenceException at &lt;*&gt;").And.Contain(">0 of 4000</td>").And.Contain(">17</td>").And.Contain("2026-11-23 12:00:00 UTC").And.Contain("3 samples</summary>").And.Contain("<pre>two</pre>"));
    }

    [Test]
    public void Http_Probes_AreATranscript()
    {
        var html = Write(new Evidence("http", "GET https://shop/")
        {
            Text = "not shown",
            Data = new JsonObject
            {
                ["url"] = "https://shop/",
                ["version"] = "a1b2c3d",
                ["passes"] = 3,
                ["tries"] = 10,
                ["left"] = 4,
                ["probes"] = new JsonArray(
                    new JsonObject { ["seconds"] = 0, ["status"] = null, ["version"] = null, ["milliseconds"] = null, ["words"] = "connection refused", ["count"] = 7 },
                    new JsonObject { ["seconds"] = 2.5, ["status"] = 500, ["version"] = "a1b2c3d", ["milliseconds"] = 12.5, ["words"] = "status 500", ["count"] = 1 }),
            },
        });

        Assert.That(html, Does.Contain("connection refused (seen 7 times)").And.Contain(">12.5 ms</td>").And.Contain("4 tries between them are left out").And.Not.Contain("seen 1 times").And.Not.Contain("not shown"));
    }

    [Test]
    public void Command_Output_KeepsItsColoursAndNothingElse()
    {
        var html = Write(new Evidence("command", "make")
        {
            Text = "\u001b[1;31mfailed\u001b[0m plain \u001b[38;5;2mgreen\u001b[39m \u001b]0;title\a\u001b[2Jend",
            Data = new JsonObject { ["command"] = "make", ["exitCode"] = 2, ["seconds"] = 1.5 },
        });

        Assert.That(html, Does.Contain("<strong>make</strong>\n<span class=\"t1 tb\">failed</span> plain <span class=\"t2\">green</span> end\n<span class=\"soft\">exit code 2 after 1.5 s</span>"));
    }

    [TestCase("\u001b[m", null)]
    [TestCase("\u001b[30m", null)]
    [TestCase("\u001b[90m", "td")]
    [TestCase("\u001b[96m", "t6")]
    [TestCase("\u009b4m", "tu")]
    [TestCase("\u001b[38;2;250;20;30m", "t1")]
    [TestCase("\u001b[38;5;21m", "t4")]
    [TestCase("\u001b[38;5;250m", null)]
    [TestCase("\u001b[48;5;1m", null)]
    [TestCase("\u001b[38;5m", null)]
    [TestCase("\u001b[48;2;1;2;3;3m", "ti")]
    [TestCase("\u001b[99999999999m", null)]
    public void Output_Style_BecomesAClass(string style, string? expected)
    {
        var html = Write(new Evidence("text", "said") { Text = $"{style}words" });

        Assert.That(html, Does.Contain(expected is null ? "<pre>words</pre>" : $"<pre><span class=\"{expected}\">words</span></pre>"));
    }

    [Test]
    public void Output_AStyleForEveryLetter_StaysUnderAMegabyte()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"\u001b[3{i % 8};1m\""));

        var html = Write([.. Enumerable.Repeat(new Evidence("text", "said") { Text = text }, 30)]);

        Assert.That(Encoding.UTF8.GetByteCount(html), Is.LessThan(1_000_000));
    }

    private static MetricSeries Series(int minute, int count, Func<int, double> value) =>
        new("shop", [.. Enumerable.Range(0, count).Select(i => (Window.From.AddMinutes(minute + i), (double?)value(i)))]);

    private static XElement ChartOf(Evidence evidence)
    {
        var html = Write(evidence);
        var from = html.IndexOf("<svg class=\"chart\"", StringComparison.Ordinal);
        return XElement.Parse(html[from..(html.IndexOf("</svg>", from, StringComparison.Ordinal) + 6)]);
    }

    private static List<XElement> Lines(XElement chart, string element, string name) => [.. chart.Elements(element).Where(one => (string?)one.Attribute("class") == name)];

    private static string Write(params Evidence[] evidence)
    {
        using var output = new MemoryStream();
        ReportSamples.With(evidence).WriteHtml(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}

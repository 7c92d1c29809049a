using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Reports;

public sealed partial class HtmlReportTests
{
    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileReports)], MaxTest = 200)]
    public void WriteHtml_HostileTexts_AddNoMarkupOfTheirOwn(DeployReport report) => AssertHarmless(Write(report));

    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileEvidence)], MaxTest = 100)]
    public void WriteHtml_HostileEvidenceOfKnownKinds_AddsNoMarkupOfItsOwn(Evidence[] evidence) => AssertHarmless(Write(ReportSamples.With(evidence)));

    private static void AssertHarmless(string html)
    {
        Assert.That(Tags().Matches(html).Select(m => m.Groups[1].Value).Distinct().Except(Known), Is.Empty);
        Assert.That(Attributes(html).Except(KnownAttributes), Is.Empty);
        AssertBalanced(html);
        Assert.That(html.Where(c => char.IsControl(c) && c is not ('\n' or '\t')), Is.Empty);
        Assert.That(html.Where(c => c is >= '\u202a' and <= '\u202e'), Is.Empty);
    }

    [Test]
    public void WriteHtml_FailedDeployment_SaysVerdictCauseStateAndNextBeforeTheSteps()
    {
        var html = Write(DeployReport.FromEvents(ReportSamples.Failed()));
        string[] inOrder =
        [
            "Failed</p>", "<h1>Failed to deploy shop a1b2c3d to production.", "Root cause</h2>", "canary/PostDeployTest", "curl $URL | grep welcome", "HTTP/1.1 500\n&lt;h1&gt;oops",
            "State of the target</h2>", "Put back: every started step was undone.", "What to do next</h2>", "mend the cause", "Steps</h2>", "30 s", "Evidence</h2>", "<dt>status</dt><dd>500</dd>",
            "Environment</h2>", "API_KEY", "***", "Undo</h2>", "Rolled back to v41.", "Warnings</h2>", "The build cache is full.",
        ];

        var at = 0;
        foreach (var text in inOrder)
        {
            var found = html.IndexOf(text, at, StringComparison.Ordinal);
            Assert.That(found, Is.GreaterThanOrEqualTo(at), $"{text} is missing or stands too early");
            at = found;
        }
    }

    [Test]
    public void WriteHtml_FailedUndo_RaisesTheAlarmAndNamesIt()
    {
        var html = Write(DeployReport.FromEvents(ReportSamples.Failed(restore: RestoreStatus.Failed)));

        Assert.That(html, Does.Contain("class=\"alarm\"").And.Contain("The undo that failed: Push."));
    }

    [Test]
    public void WriteHtml_Policy_AllowsItsOwnStyleAndNothingElse()
    {
        var html = Write(DeployReport.FromEvents(ReportSamples.Failed()));
        var style = html[(html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));

        Assert.Multiple(() =>
        {
            Assert.That(html, Does.Contain($"content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\""));
            Assert.That(html, Does.Not.Contain(" style="));
            Assert.That(html, Does.Not.Contain("http://").And.Not.Contain("https://").And.Not.Contain("url(").And.Not.Contain("@import"));
            Assert.That(html, Does.Contain("<html lang=\"en\">").And.Contain("prefers-color-scheme:dark"));
        });
    }

    [Test]
    public void WriteHtml_HugeReport_StaysUnderAMegabyteAndSaysWhatIsMissing()
    {
        var text = new string('"', 300_000);
        var step = new StepReport { Name = text, Status = StepStatus.Failed, Message = text, Error = text, Decided = true, Evidence = [.. Enumerable.Repeat(new Evidence("text", text) { Text = text }, 20)] };
        var report = DeployReport.FromEvents(ReportSamples.Failed()) with
        {
            Summary = text,
            App = text,
            Steps = [.. Enumerable.Repeat(step, 500)],
            Reverts = [.. Enumerable.Repeat(step, 500)],
            Warnings = [.. Enumerable.Repeat(text, 500)],
            Environment = new OrderedDictionary<string, string>(Enumerable.Range(0, 2000).Select(i => KeyValuePair.Create($"V{i}", text))),
        };

        var html = Write(report);

        Assert.That(Encoding.UTF8.GetByteCount(html), Is.LessThan(1_000_000));
        Assert.That(html, Does.Contain("more are in report.json").And.Contain("more evidence in report.json").And.Contain("characters are left out"));
        AssertBalanced(html);
    }

    [Test]
    public void WriteHtml_EmptyReport_IsWhole()
    {
        var report = DeployReport.FromEvents(ReportSamples.Failed()) with { Steps = [], Reverts = [], Warnings = [], Environment = new Dictionary<string, string>() };

        AssertBalanced(Write(report));
    }

    /// <summary>Every element that is opened is closed, in order; void elements aside.</summary>
    private static void AssertBalanced(string html)
    {
        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(html))
        {
            var name = tag.Groups[1].Value;
            if (name.StartsWith('/'))
            {
                Assert.That(open.TryPop(out var opened) ? opened : null, Is.EqualTo(name[1..]));
            }
            else if (name is not ("meta" or "!DOCTYPE" or "br") && !tag.Value.EndsWith("/>", StringComparison.Ordinal))
            {
                open.Push(name);
            }
        }

        Assert.That(open, Is.Empty);
    }

    private static IEnumerable<string> Attributes(string html) =>
        Tags().Matches(html).SelectMany(tag => AttributeNames().Matches(tag.Value)).Select(m => m.Groups[1].Value);

    private static string Write(DeployReport report)
    {
        using var output = new MemoryStream();
        report.WriteHtml(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static readonly string[] Known =
    [
        .. new[]
        {
            "html", "head", "title", "style", "body", "header", "main", "footer", "section", "div", "p", "h1", "h2", "h3", "dl", "dt", "dd", "ul", "li", "strong", "span", "pre", "time",
            "table", "thead", "tbody", "tr", "th", "td", "a", "details", "summary", "svg", "code", "figure", "figcaption", "text",
        }.SelectMany(name => new[] { name, "/" + name }),
        "!DOCTYPE", "meta", "rect", "br", "line", "path", "circle",
    ];

    private static readonly string[] KnownAttributes =
    [
        "lang", "charset", "http-equiv", "content", "name", "class", "id", "aria-hidden", "aria-labelledby", "aria-label", "role", "tabindex", "datetime", "scope", "colspan", "href",
        "viewBox", "preserveAspectRatio", "focusable", "x", "y", "width", "height", "x1", "x2", "y1", "y2", "dy", "d", "cx", "cy", "r", "text-anchor",
    ];

    [GeneratedRegex("<(/?[!a-zA-Z][a-zA-Z0-9]*)[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(" ([a-zA-Z-]+)=\"")]
    private static partial Regex AttributeNames();
}

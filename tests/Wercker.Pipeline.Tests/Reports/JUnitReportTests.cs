using System.Xml;
using System.Xml.Linq;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Reports;

public sealed class JUnitReportTests
{
    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileReports)], MaxTest = 200)]
    public void WriteJUnit_HostileTexts_IsWellFormedAndCountsAreTrue(DeployReport report)
    {
        var xml = Write(report);

        foreach (var suite in xml.Root!.Elements("testsuite").Append(xml.Root))
        {
            var cases = suite.Descendants("testcase").ToList();
            Assert.That((int)suite.Attribute("tests")!, Is.EqualTo(cases.Count));
            Assert.That((int)suite.Attribute("failures")!, Is.EqualTo(cases.Count(c => c.Element("failure") is not null)));
            Assert.That((int)suite.Attribute("errors")!, Is.EqualTo(cases.Count(c => c.Element("error") is not null)));
            Assert.That((int)suite.Attribute("skipped")!, Is.EqualTo(cases.Count(c => c.Element("skipped") is not null)));
        }

        var isRed = xml.Descendants("failure").Concat(xml.Descendants("error")).Any(e => e.Parent!.Parent == xml.Root.Element("testsuite"));
        var isBad = report.Status is DeployStatus.Failed or DeployStatus.Inconclusive or DeployStatus.Canceled;
        Assert.That(isRed || !isBad, "a deployment that did not succeed is never green");
    }

    [Test]
    public void WriteJUnit_FailedDeployment_HasACaseForEveryStepAndASuiteForTheUndo()
    {
        var xml = Write(DeployReport.FromEvents(ReportSamples.Failed()));
        var suites = xml.Root!.Elements("testsuite").ToList();

        Assert.Multiple(() =>
        {
            Assert.That(suites.Select(s => (string)s.Attribute("name")!), Is.EqualTo(new[] { "shop", "shop.undo" }));
            Assert.That(suites[0].Elements("testcase").Select(c => (string)c.Attribute("name")!), Is.EqualTo(new[] { "Setup", "Push", "canary/PostDeployTest", "LogTest" }));
            Assert.That(suites[0].Elements("testcase").Select(c => (string)c.Attribute("classname")!), Is.All.EqualTo("shop"));
            Assert.That((string)suites[0].Descendants("failure").Single().Attribute("message")!, Is.EqualTo("Exit code 1 of: curl $URL | grep welcome"));
            Assert.That(suites[0].Descendants("failure").Single().Value, Does.Contain("HTTP/1.1 500\n<h1>oops</h1>"));
            Assert.That((string)suites[0].Elements("testcase").Last().Element("skipped")!.Attribute("message")!, Is.EqualTo("Not run"));
            Assert.That((string)suites[0].Elements("testcase").ElementAt(1).Attribute("time")!, Is.EqualTo("30"));
            Assert.That(suites[0].Descendants("property").ToDictionary(p => (string)p.Attribute("name")!, p => (string)p.Attribute("value")!)["revision"], Is.EqualTo("a1b2c3d"));
        });
    }

    [Test]
    public void WriteJUnit_FailureThatThePipelineAllows_IsSkippedAndNotRed()
    {
        var report = DeployReport.FromEvents(ReportSamples.Failed());
        report = report with { Status = DeployStatus.Succeeded, Steps = [report.Steps[2] with { Decided = false }], Reverts = [] };

        var testCase = Write(report).Descendants("testcase").Single();

        Assert.That((string?)testCase.Element("skipped")?.Attribute("message"), Does.StartWith("Failed: "));
    }

    [Test]
    public void WriteJUnit_CanceledBeforeTheFirstStep_HasAnError()
    {
        var report = DeployReport.FromEvents(ReportSamples.Failed()) with { Status = DeployStatus.Canceled, Steps = [], Reverts = [] };

        Assert.That(Write(report).Descendants("error").Count(), Is.EqualTo(1));
    }

    private static XDocument Write(DeployReport report)
    {
        using var output = new MemoryStream();
        report.WriteJUnit(output);
        output.Position = 0;
        using var reader = XmlReader.Create(output, new XmlReaderSettings { CheckCharacters = true, DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader);
    }
}

using System.Globalization;
using System.Text;
using System.Xml;

namespace Wercker.Pipeline.Reports;

/// <summary>Writes a report as JUnit XML, as the common CI systems read it.</summary>
internal static class JUnitReport
{
    private const int MaxText = 64 * 1024;

    private enum Outcome
    {
        Passed,
        Failure,
        Error,
        Skipped,
    }

    public static void Write(DeployReport report, Stream output)
    {
        var steps = report.Steps.Select(step => CaseOf(step, OutcomeOf(step, report))).ToList();
        if (report.Status is DeployStatus.Failed or DeployStatus.Inconclusive or DeployStatus.Canceled && !steps.Exists(c => c.Outcome is Outcome.Failure or Outcome.Error))
        {
            // Canceled before the first step, for example: without a case of its own the file would say that all is well.
            steps.Add(new Case("deployment", Outcome.Error, report.Status.ToString(), report.Summary, null, string.Empty));
        }

        var reverts = report.Reverts.Select(revert => CaseOf(revert, OutcomeOfRevert(revert))).ToList();
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" });
        xml.WriteStartDocument();
        xml.WriteStartElement("testsuites");
        WriteCounts(xml, Clean(report.Pipeline), [.. steps, .. reverts], report.FinishedAt - report.StartedAt);
        WriteSuite(xml, report, report.Pipeline, steps, report.FinishedAt - report.StartedAt);
        if (reverts.Count > 0)
        {
            WriteSuite(xml, report, report.Pipeline + ".undo", reverts, null);
        }

        xml.WriteEndElement();
        xml.WriteEndDocument();
    }

    private static Outcome OutcomeOf(StepReport step, DeployReport report) => step.Status switch
    {
        StepStatus.Succeeded => Outcome.Passed,
        StepStatus.Failed or StepStatus.Inconclusive or StepStatus.Error or StepStatus.Canceled when IsAllowed(step, report) => Outcome.Skipped,
        StepStatus.Failed or StepStatus.Inconclusive => Outcome.Failure,
        StepStatus.Error or StepStatus.Canceled => Outcome.Error,
        _ => Outcome.Skipped,
    };

    /// <summary>A step that may fail must not turn a deployment red that succeeded.</summary>
    private static bool IsAllowed(StepReport step, DeployReport report) => !step.Decided && report.Status is DeployStatus.Succeeded or DeployStatus.Running;

    private static Outcome OutcomeOfRevert(StepReport revert) => revert.Status switch
    {
        StepStatus.Succeeded => Outcome.Passed,
        StepStatus.Failed => Outcome.Failure,
        StepStatus.Error or StepStatus.Canceled => Outcome.Error,
        _ => Outcome.Skipped,
    };

    private static Case CaseOf(StepReport step, Outcome outcome)
    {
        var verdict = ReportWording.Verdict(step.Status);
        var message = outcome == Outcome.Skipped && step.Status != StepStatus.Skipped
            ? verdict + (step.Message is null ? string.Empty : $": {step.Message}")
            : step.Message ?? verdict;
        var text = new StringBuilder();
        if (step.Error is not null)
        {
            text.Append(ReportWording.Cut(TerminalText.Clean(step.Error), MaxText)).Append('\n');
        }

        foreach (var evidence in step.Evidence)
        {
            text.Append("== ").Append(TerminalText.Clean(evidence.Title)).Append('\n').Append(ReportWording.Cut(ReportWording.Text(evidence), MaxText)).Append('\n');
        }

        return new Case(step.Name, outcome, verdict, message, step.Duration, ReportWording.Cut(text.ToString(), 4 * MaxText));
    }

    private static void WriteSuite(XmlWriter xml, DeployReport report, string name, List<Case> cases, TimeSpan? duration)
    {
        xml.WriteStartElement("testsuite");
        WriteCounts(xml, Clean(name), cases, duration ?? cases.Aggregate(TimeSpan.Zero, (sum, c) => sum + (c.Duration ?? TimeSpan.Zero)));
        xml.WriteAttributeString("timestamp", report.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        WriteProperties(xml, report);
        foreach (var testCase in cases)
        {
            WriteCase(xml, name, testCase);
        }

        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, string name, List<Case> cases, TimeSpan? duration)
    {
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("tests", XmlConvert.ToString(cases.Count));
        xml.WriteAttributeString("failures", XmlConvert.ToString(cases.Count(c => c.Outcome == Outcome.Failure)));
        xml.WriteAttributeString("errors", XmlConvert.ToString(cases.Count(c => c.Outcome == Outcome.Error)));
        xml.WriteAttributeString("skipped", XmlConvert.ToString(cases.Count(c => c.Outcome == Outcome.Skipped)));
        xml.WriteAttributeString("time", Seconds(duration));
    }

    private static void WriteProperties(XmlWriter xml, DeployReport report)
    {
        xml.WriteStartElement("properties");
        foreach (var (name, value) in new (string, string?)[]
        {
            ("deployment", report.Id), ("app", report.App), ("revision", report.Revision), ("target", report.Target), ("requestedBy", report.RequestedBy),
            ("verdict", ReportWording.Verdict(report.Status)), ("summary", report.Summary), ("targetState", ReportWording.TargetState(report)),
        })
        {
            if (value is not null)
            {
                xml.WriteStartElement("property");
                xml.WriteAttributeString("name", name);
                xml.WriteAttributeString("value", Clean(value));
                xml.WriteEndElement();
            }
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string className, Case testCase)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(testCase.Name));
        xml.WriteAttributeString("classname", Clean(className));
        xml.WriteAttributeString("time", Seconds(testCase.Duration));
        var hasText = testCase.Text.Length > 0;
        if (testCase.Outcome == Outcome.Skipped)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Clean(testCase.Message));
            xml.WriteEndElement();
        }
        else if (testCase.Outcome is Outcome.Failure or Outcome.Error)
        {
            xml.WriteStartElement(testCase.Outcome == Outcome.Failure ? "failure" : "error");
            xml.WriteAttributeString("message", Clean(testCase.Message));
            xml.WriteAttributeString("type", testCase.Type);
            xml.WriteString(Clean(testCase.Text));
            xml.WriteEndElement();
            hasText = false;
        }

        if (hasText)
        {
            xml.WriteElementString("system-out", Clean(testCase.Text));
        }

        xml.WriteEndElement();
    }

    private static string Seconds(TimeSpan? duration) => Math.Max(0, duration?.TotalSeconds ?? 0).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Without what XML 1.0 cannot carry, not even as a reference.</summary>
    private static string Clean(string text)
    {
        text = TerminalText.Clean(text);
        StringBuilder? clean = null;
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]);
            if (isPair || XmlConvert.IsXmlChar(text[i]))
            {
                clean?.Append(text, i, isPair ? 2 : 1);
                i += isPair ? 1 : 0;
            }
            else
            {
                clean ??= new StringBuilder(text, 0, i, text.Length);
                clean.Append('\ufffd');
            }
        }

        return clean?.ToString() ?? text;
    }

    private sealed record Case(string Name, Outcome Outcome, string Type, string Message, TimeSpan? Duration, string Text);
}

using System.Text;
using System.Text.Json.Nodes;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Reports;

public sealed class JsonReportTests
{
    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileReports)], MaxTest = 200)]
    public void ReadJson_WhatWasWritten_IsTheSameReport(DeployReport report)
    {
        var read = Read(Write(report));

        AssertSame(read, report);
    }

    [Test]
    public void WriteJson_Report_HasSchemaSecondsAndUtc()
    {
        var json = JsonNode.Parse(Write(DeployReport.FromEvents(ReportSamples.Failed())))!;

        Assert.Multiple(() =>
        {
            Assert.That((int)json["schema"]!, Is.EqualTo(1));
            Assert.That((string)json["status"]!, Is.EqualTo("failed"));
            Assert.That((string)json["rootCause"]!, Is.EqualTo("canary/PostDeployTest"));
            Assert.That((string)json["startedAt"]!, Is.EqualTo("2026-11-23T12:00:00Z"));
            Assert.That((decimal)json["durationSeconds"]!, Is.EqualTo(36m));
            Assert.That((decimal)json["steps"]![1]!["durationSeconds"]!, Is.EqualTo(30m));
            Assert.That(json["steps"]![3]!.AsObject(), Does.ContainKey("startedAt"), "null members are written too");
            Assert.That(json["environment"]!.AsObject().Select(pair => pair.Key), Is.EqualTo(new[] { "WERCKER", "API_KEY" }));
        });
    }

    [Test]
    public void WriteJson_MarkupInTexts_IsEscaped()
    {
        var json = Encoding.UTF8.GetString(Write(DeployReport.FromEvents(ReportSamples.Failed()) with { Summary = "</script>" }));

        Assert.That(json, Does.Not.Contain("</script>").IgnoreCase);
    }

    [Test]
    public void WriteJson_HalfASurrogatePair_IsReplaced()
    {
        var read = Read(Write(DeployReport.FromEvents(ReportSamples.Failed()) with { Summary = "a\ud800b" }));

        Assert.That(read.Summary, Is.EqualTo("a\ufffdb"));
    }

    [TestCase("null", "null")]
    [TestCase("{}", "schema")]
    [TestCase("[1", "no report.json")]
    [TestCase("{\"schema\":", "no report.json")]
    public void ReadJson_NoReport_Throws(string json, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes(json)));

        Assert.That(error!.Message, Does.Contain(reason));
    }

    [Test]
    public void ReadJson_NewerSchema_Throws()
    {
        var json = JsonNode.Parse(Write(DeployReport.FromEvents(ReportSamples.Failed())))!;
        json["schema"] = 2;

        var error = Assert.Throws<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes(json.ToJsonString())));

        Assert.That(error!.Message, Does.Contain("schema 2"));
    }

    [Test]
    public void ReadJson_UnknownMember_IsPassedOver()
    {
        var json = JsonNode.Parse(Write(DeployReport.FromEvents(ReportSamples.Failed())))!;
        json["later"] = "x";

        Assert.That(Read(Encoding.UTF8.GetBytes(json.ToJsonString())).Id, Is.EqualTo("r1"));
    }

    [Test]
    public void ReadJson_DurationBeyondAnyDuration_Throws()
    {
        var json = JsonNode.Parse(Write(DeployReport.FromEvents(ReportSamples.Failed())))!;
        json["steps"]![0]!["durationSeconds"] = 1e20;

        Assert.That(() => Read(Encoding.UTF8.GetBytes(json.ToJsonString())), Throws.InstanceOf<InvalidDataException>());
    }

    internal static byte[] Write(DeployReport report)
    {
        using var output = new MemoryStream();
        report.WriteJson(output);
        return output.ToArray();
    }

    private static DeployReport Read(byte[] json) => DeployReport.ReadJson(new MemoryStream(json));

    private static void AssertSame(DeployReport actual, DeployReport expected)
    {
        // Records compare their lists by reference, so the lists are compared one by one and the rest with the lists taken out.
        Assert.That(actual.Steps, Has.Count.EqualTo(expected.Steps.Count));
        Assert.That(actual.Reverts, Has.Count.EqualTo(expected.Reverts.Count));
        foreach (var (one, other) in actual.Steps.Zip(expected.Steps).Concat(actual.Reverts.Zip(expected.Reverts)))
        {
            Assert.That(one with { Evidence = [] }, Is.EqualTo(other with { Evidence = [] }));
            Assert.That(one.Evidence.Select(e => e with { Data = null }), Is.EqualTo(other.Evidence.Select(e => e with { Data = null })));
            Assert.That(one.Evidence.Zip(other.Evidence).All(pair => JsonNode.DeepEquals(pair.First.Data, pair.Second.Data)));
        }

        Assert.That(actual.Warnings, Is.EqualTo(expected.Warnings));
        Assert.That(actual.Environment.ToList(), Is.EqualTo(expected.Environment.ToList()));
        Assert.That(actual.Decisions.Select(one => one with { Choices = [] }), Is.EqualTo(expected.Decisions.Select(one => one with { Choices = [] })));
        Assert.That(actual.Decisions.Select(one => string.Join(',', one.Choices)), Is.EqualTo(expected.Decisions.Select(one => string.Join(',', one.Choices))));
        Assert.That(Bare(actual), Is.EqualTo(Bare(expected)));

        DeployReport Bare(DeployReport report) => report with { Steps = expected.Steps, Reverts = expected.Reverts, Decisions = expected.Decisions, Warnings = expected.Warnings, Environment = expected.Environment };
    }
}

using System.Text;
using System.Text.Json;
using Wercker.Pipeline.Tests.Reports;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Journal;

public sealed class DeployEventJsonTests
{
    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileEvents)], MaxTest = 200)]
    public bool FromJson_WhatToJsonWrote_IsTheSame(DeployEvent deployEvent)
    {
        var json = deployEvent.ToJson();

        return !json.AsSpan().Contains((byte)'\n') && DeployEvent.FromJson(json).ToJson().AsSpan().SequenceEqual(json);
    }

    [Test]
    public void FromJson_WholeDeployment_FoldsIntoTheSameReport()
    {
        var events = ReportSamples.Failed().ToList();

        var report = DeployReport.FromEvents(events.Select(e => DeployEvent.FromJson(e.ToJson())));

        Assert.That(JsonReportTests.Write(report), Is.EqualTo(JsonReportTests.Write(DeployReport.FromEvents(events))));
    }

    [Test]
    public void FromJson_StoredNull_IsStillAStoredValue()
    {
        var stored = ReportSamples.Failed().First() with { Kind = DeployEventKind.ValueStored, Key = "k", Value = JsonElement.Parse("null"u8) };

        Assert.That(DeployEvent.FromJson(stored.ToJson()).Value?.ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{broken")]
    [TestCase("""{"deploymentId": "d1"}""")]
    public void FromJson_NoEvent_SaysSo(string text) =>
        Assert.That(() => DeployEvent.FromJson(Encoding.UTF8.GetBytes(text)), Throws.TypeOf<InvalidDataException>());
}

using System.Text.Json.Nodes;
using Moq;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Logs.LogTestRun;

namespace Wercker.Pipeline.Tests.Logs;

public sealed class LogTestSettingsTests
{
    private const string Source = """ "source": { "provider": "fake" } """;

    private static LogTest Read(string json, ILogSource? source = null, ILogSource? own = null)
    {
        var provider = new Mock<ISourceProvider<ILogSource>>();
        provider.Setup(one => one.Provider).Returns("fake");
        provider.Setup(one => one.Create(It.IsAny<SettingsReader>())).Returns(source ?? new FakeLogSource());
        return LogTest.FromSettings(new SettingsReader(JsonNode.Parse(json)!.AsObject(), "wercker.json: targets.production.logTest"), [provider.Object], own);
    }

    [Test]
    public void FromSettings_QueryAlone_AllowsNone()
    {
        var check = Read($$"""{ {{Source}}, "query": "level:error" }""").Checks.Single();

        Assert.That((check.Kind, check.Query, check.Maximum), Is.EqualTo((LogCheckKind.Limit, "level:error", (int?)0)));
    }

    [Test]
    public void FromSettings_AllAtOnce_MakesThreeChecksOfOneSource()
    {
        var test = Read($$"""{ {{Source}}, "after": "5m", "baseline": "1h", "query": "e", "maximum": "3", "increase": 2.5, "increaseMinimum": 20, "newSignatures": "true", "newMinimum": 2 }""");

        Assert.That(test.Delay, Is.EqualTo(TimeSpan.FromMinutes(5)));
        Assert.That(test.Baseline, Is.EqualTo(TimeSpan.FromHours(1)));
        Assert.That(test.Checks.Select(check => check.Kind), Is.EqualTo(new[] { LogCheckKind.Limit, LogCheckKind.Increase, LogCheckKind.Signatures }));
        Assert.That(test.Checks.Select(check => check.Source).Distinct().Count(), Is.EqualTo(1));
        Assert.That((test.Checks[0].Maximum, test.Checks[1].Factor, test.Checks[1].Minimum, test.Checks[2].Minimum), Is.EqualTo(((int?)3, 2.5, 20, 2)));
    }

    [TestCase("{}", "platform: E")]
    [TestCase("""{ "query": "level:error" }""", "platform: level:error", "platform: E")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "a" }""", "fake log: a", "platform: E")]
    public void FromSettings_LogOfTheTarget_IsAskedForItsErrorsInAnyCase(string json, params string[] expected)
    {
        var own = new Mock<ILogSource>();
        own.Setup(one => one.Name).Returns("platform");
        own.Setup(one => one.ErrorQuery).Returns("E");

        Assert.That(Read(json, own: own.Object).Checks.Select(check => $"{check.Source.Name}: {check.Query}"), Is.EqualTo(expected));
    }

    [Test]
    public void FromSettings_ListOfChecks_TakesTheCommonSourceUnlessACheckHasItsOwn()
    {
        var test = Read($$"""{ {{Source}}, "checks": [ { "query": "a" }, { "source": { "provider": "file", "path": "/x.log" }, "newSignatures": true, "role": "observe" }, { "query": "b", "role": "degraded" } ] }""");

        Assert.That(test.Checks.Select(check => check.Source.Name), Is.EqualTo(new[] { "fake log", "file /x.log", "fake log" }));
        Assert.That(test.Checks.Select(check => check.Role), Is.EqualTo(new[] { CheckRole.Critical, CheckRole.Observed, CheckRole.Degraded }));
    }

    [Test]
    public async Task FromSettings_Policies_AreThoseOfTheTest()
    {
        var test = Read($$"""{ {{Source}}, "query": "error", "onNoData": "warn", "ignore": ["harmless"] }""", Log());

        Assert.That((await new StepHarness().RunAsync(builder => builder.AddLogTest(test.Over(new TestWindow(Start, Start, Start.AddMinutes(1)))))).Status, Is.EqualTo(StepStatus.Skipped));
    }

    [TestCase("""{ "query": "e" }""", "source is missing")]
    [TestCase("""{ "source": { "provider": "fax" }, "query": "e" }""", "source.provider is 'fax'")]
    [TestCase("""{ "source": { "provider": "fake" } }""", "query is missing")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "maximum": -1 }""", "maximum must be a whole number")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "increase": 1 }""", "increase must be above 1")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "increaseMinimum": 5 }""", "increaseMinimum means nothing")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "anyLine": true }""", "anyLine means nothing")]
    [TestCase("""{ "source": { "provider": "fake" }, "newSignatures": true, "maximum": 3 }""", "maximum means nothing")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "onError": "ignore" }""", "onError is 'ignore'")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "role": "loud" }""", "role is 'loud'")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "ignore": ["("] }""", "is no regular expression")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "after": "0s" }""", "after must be a duration")]
    [TestCase("""{ "source": { "provider": "fake" }, "query": "e", "canary": { "command": "logger hello" } }""", "canary.command must let the application log")]
    [TestCase("""{ "source": { "provider": "fake" }, "checks": [ { "query": "e", "after": "3m" } ] }""", "checks[0].after is not known here")]
    [TestCase("""{ "source": { "provider": "file", "path": "/x", "timeZone": "Mars/Olympus" }, "query": "e" }""", "source.timeZone is 'Mars/Olympus'")]
    [TestCase("""{ "source": { "provider": "file" }, "query": "e" }""", "source.path is missing")]
    [TestCase("""{ "source": { "provider": "fake" }, "qery": "e" }""", "qery is not known here")]
    public void FromSettings_WrongSetting_IsRefusedWithItsPlace(string json, string message) =>
        Assert.That(() => Read(json), Throws.TypeOf<ConfigurationException>().With.Message.Contains(message));
}

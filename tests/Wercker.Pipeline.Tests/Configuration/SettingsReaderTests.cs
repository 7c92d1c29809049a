#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class SettingsReaderTests
{
    private static SettingsReader Of(string json, Func<string, string?>? lookup = null) => new(JsonNode.Parse(json)!.AsObject(), "wercker.json: targets.live", lookup);

    [TestCase("30", ExpectedResult = 30)]
    [TestCase("1.5", ExpectedResult = 1.5)]
    [TestCase("\"90\"", ExpectedResult = 90)]
    [TestCase("\"250ms\"", ExpectedResult = 0.25)]
    [TestCase("\"3m\"", ExpectedResult = 180)]
    [TestCase("\"1h30m\"", ExpectedResult = 5400)]
    [TestCase("\"2d\"", ExpectedResult = 172800)]
    public double GetDuration_EverySpelling_IsRead(string value) => Of($$"""{"after": {{value}}}""").GetDuration("after")!.Value.TotalSeconds;

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("\"3 minutes\"")]
    [TestCase("\"3m5\"")]
    [TestCase("\"m\"")]
    [TestCase("\"367d\"")]
    [TestCase("\"1e9\"")]
    [TestCase("true")]
    [TestCase("[]")]
    public void GetDuration_NoDuration_IsRefusedWithItsPath(string value)
    {
        var e = Assert.Throws<ConfigurationException>(() => Of($$"""{"after": {{value}}}""").GetDuration("after"));

        Assert.That(e!.Message, Does.StartWith("wercker.json: targets.live.after must be a duration"));
        Assert.That(e.KeyPath, Is.EqualTo("after"));
    }

    [FsCheck.NUnit.Property]
    public bool GetDuration_AnyText_IsReadOrRefused(string? text)
    {
        try
        {
            return Of(new JsonObject { ["after"] = text }.ToJsonString()).GetDuration("after") is not { } time || (time > TimeSpan.Zero && time <= TimeSpan.FromDays(366));
        }
        catch (ConfigurationException)
        {
            return true;
        }
    }

    [Test]
    public void EveryReader_KeyThatIsNotSet_AnswersWithNothing()
    {
        var reader = Of("""{"set": null}""");

        Assert.That(reader.Has("set"), Is.False);
        Assert.That(reader.GetText("set"), Is.Null);
        Assert.That(reader.GetNumber("set"), Is.Null);
        Assert.That(reader.GetInteger("other"), Is.Null);
        Assert.That(reader.GetDuration("other"), Is.Null);
        Assert.That(reader.GetUrl("other"), Is.Null);
        Assert.That(reader.GetFlag("other", true), Is.True);
        Assert.That(reader.GetList("other"), Is.Empty);
        Assert.That(reader.GetSection("other"), Is.Null);
        Assert.That(reader.GetSections("other"), Is.Empty);
        Assert.That(reader.GetSecret("other"), Is.Null);
    }

    [Test]
    public void GetSections_ItemOfAnotherKind_IsNamedByItsIndex() => Assert.That(
        () => Of("""{"checks": [{}, 3]}""").GetSections("checks"),
        Throws.InstanceOf<ConfigurationException>().With.Message.EqualTo("wercker.json: targets.live.checks[1] must be an object."));

    [Test]
    public void GetSecret_VariableThatIsNotSet_IsNamed() => Assert.That(
        () => Of("""{"passwordFrom": "GRAPHITE_PASSWORD"}""", _ => null).GetSecret("passwordFrom"),
        Throws.InstanceOf<ConfigurationException>().With.Message.Contains("GRAPHITE_PASSWORD, which is not set"));

    [Test]
    public void GetSecret_VariableThatIsSet_HidesItsValue() => Assert.That(
        Of("""{"passwordFrom": "GRAPHITE_PASSWORD"}""", name => name == "GRAPHITE_PASSWORD" ? "hunter22" : null).GetSecret("passwordFrom")!.ToString(), Is.EqualTo("***"));

    [Test]
    public void RefuseUnknown_MisspelledKey_NamesTheKnownOnes() => Assert.That(
        () => Of("""{"Url": "http://a", "usr": "x"}""").RefuseUnknown("url", "user"),
        Throws.InstanceOf<ConfigurationException>().With.Message.EqualTo("wercker.json: targets.live.usr is not known here. Known: url, user."));

    [TestCase("\"ftp://a\"")]
    [TestCase("\"https://user:word@a\"")]
    [TestCase("\"nonsense\"")]
    public void GetUrl_NoAddressOrOneWithAKey_IsRefused(string value) =>
        Assert.That(() => Of($$"""{"url": {{value}}}""").GetUrl("url"), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("https://"));

    [Test]
    public void GetQuery_Placeholders_AreFilledIn()
    {
        var settings = new SettingsReader(JsonNode.Parse("""{ "query": "{app}.{web1,web2}.version.{revision}{job=\"x\"}{target}", "checks": [{ "query": "{app}" }] }""")!.AsObject(), "settings")
        {
            Placeholders = new Dictionary<string, string> { ["app"] = "shop", ["target"] = "live", ["revision"] = "a1b2" },
        };

        Assert.That(settings.GetQuery("query"), Is.EqualTo("shop.{web1,web2}.version.a1b2{job=\"x\"}live"));
        Assert.That(settings.GetSections("checks")[0].GetQuery("query"), Is.EqualTo("shop"));
        Assert.That(settings.GetQuery("other"), Is.Null);
    }

    [TestCase("x.{revison}", "has {revison} in it, which stands for nothing. Did you mean {revision}?")]
    [TestCase("x.{revision}", "has {revision} in it, which only a deployment can fill in")]
    public void GetQuery_PlaceholderThatNobodyFillsIn_IsRefused(string query, string words) => Assert.That(
        Assert.Throws<ConfigurationException>(() => new SettingsReader(new JsonObject { ["query"] = query }, "settings").GetQuery("query"))!.Message,
        Does.StartWith("settings.query " + words));

    [Test]
    public void OpenTest_WrongSetting_IsSaidWithItsOwnLineAndColumn()
    {
        var target = WerckerConfig.Parse("""
            {
              "targets": { "live": {
                "log-test": {
                  "checks": [
                    { "query": 7 }
                  ]
                }
              } }
            }
            """).Targets["live"];

        var check = target.OpenTest("logTest")!.GetSections("checks")[0];

        Assert.That(Assert.Throws<ConfigurationException>(() => check.GetQuery("query"))!.Message, Does.StartWith("wercker.json:5:11: targets.live.logTest.checks[0].query must be a string"));
        Assert.That(check.Fault("source", "is missing.").Message, Does.Contain("targets.live.logTest.checks[0].source is missing."));
        Assert.That(target.OpenTest("metricsTest"), Is.Null);
        Assert.That(() => target.OpenTest("log-tset"), Throws.ArgumentException);
    }
}

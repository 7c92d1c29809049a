using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Graphite.Tests;

public class GraphiteMetricSourceProviderTests
{
    [Test]
    public void Read_AllSettings_AreTaken()
    {
        var options = Read("""
            { "provider": "graphite", "url": "https://graphite.example.com/web", "user": "deploy", "passwordVariable": "GRAPHITE_PASSWORD", "timeout": "20s", "maximumMegabytes": 8 }
            """);

        Assert.That(options.Url, Is.EqualTo(new Uri("https://graphite.example.com/web")));
        Assert.That((options.User, options.Password?.Reveal(), options.Token), Is.EqualTo(("deploy", "value of GRAPHITE_PASSWORD", (object?)null)));
        Assert.That((options.Timeout, options.MaximumAnswerBytes), Is.EqualTo((TimeSpan.FromSeconds(20), 8L * 1024 * 1024)));
    }

    [TestCase("""{ "provider": "graphite" }""", "metricsTest.source.url is missing")]
    [TestCase("""{ "url": "https://user:key@graphite.example.com" }""", "metricsTest.source.url must be an https:// address")]
    [TestCase("""{ "url": "https://graphite.example.com", "pasword": "x" }""", "metricsTest.source.pasword is not known here")]
    [TestCase("""{ "url": "https://graphite.example.com", "timeout": 0 }""", "metricsTest.source.timeout must be a duration")]
    [TestCase("""{ "url": "https://graphite.example.com", "tokenVariable": "UNSET" }""", "names the environment variable UNSET, which is not set")]
    public void Read_WrongSetting_IsRefusedWithItsPath(string json, string words) =>
        Assert.That(Assert.Throws<ConfigurationException>(() => Read(json))!.Message, Does.Contain(words));

    [Test]
    public void Create_UserWithoutPassword_IsRefused()
    {
        using var http = new HttpClient();
        var settings = Settings("""{ "url": "https://graphite.example.com", "user": "deploy" }""");

        Assert.That(() => new GraphiteMetricSourceProvider(http).Create(settings), Throws.TypeOf<ConfigurationException>().With.Message.Contains("set a user and a password, or a token"));
    }

    private static GraphiteOptions Read(string json) => GraphiteMetricSourceProvider.Read(Settings(json));

    private static SettingsReader Settings(string json) =>
        new(JsonNode.Parse(json)!.AsObject(), "metricsTest.source", name => name == "UNSET" ? null : $"value of {name}");
}

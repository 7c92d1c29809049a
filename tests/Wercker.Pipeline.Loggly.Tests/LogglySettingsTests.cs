using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Loggly.Tests;

public sealed class LogglySettingsTests
{
    private static ILogSource Create(string json) => new LogglySourceProvider(new HttpClient()).Create(
        new SettingsReader(JsonNode.Parse(json)!.AsObject(), "wercker.json: targets.production.logTest.source", name => name == "SHOP_LOGGLY" ? "the token or password" : null));

    [TestCase("""{ "provider": "loggly", "domain": "acme", "token": "SHOP_LOGGLY" }""", 60)]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "token": "SHOP_LOGGLY", "lag": "20s" }""", 20)]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "api": "legacy", "user": "anna", "password": "SHOP_LOGGLY", "lag": 0 }""", 0)]
    public void Create_CompleteSettings_MakesTheSource(string json, int lag)
    {
        var source = Create(json);

        Assert.That(source.Name, Is.EqualTo("loggly:acme"));
        Assert.That(source.Lag, Is.EqualTo(TimeSpan.FromSeconds(lag)));
    }

    [TestCase("""{ "provider": "loggly", "token": "SHOP_LOGGLY" }""", "source.domain is missing")]
    [TestCase("""{ "provider": "loggly", "domain": "acme" }""", "source.token is missing")]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "token": "NOT_SET" }""", "NOT_SET, which is not set")]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "api": "legacy", "token": "SHOP_LOGGLY" }""", "source.user is missing")]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "api": "legacy", "user": "anna" }""", "source.password is missing")]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "api": "v3", "token": "SHOP_LOGGLY" }""", "source.api is 'v3'")]
    [TestCase("""{ "provider": "loggly", "domain": "acme", "tokn": "SHOP_LOGGLY" }""", "source.tokn is not known here")]
    public void Create_WrongSettings_AreRefusedWithTheirPlace(string json, string message) =>
        Assert.That(() => Create(json), Throws.TypeOf<ConfigurationException>().With.Message.Contains(message));

    [Test]
    public void AddWerckerLoggly_Container_HasTheProvider()
    {
        using var provider = new ServiceCollection().AddWerckerLoggly().AddWerckerLoggly().BuildServiceProvider();

        Assert.That(provider.GetServices<ISourceProvider<ILogSource>>().Single().Provider, Is.EqualTo("loggly"));
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Heroku.Setup;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Heroku.Tests.Setup;

public class HerokuTargetProviderTests
{
    [Test]
    public void Create_AllSettings_AreRead()
    {
        var options = Read("""
            { "app": "shop", "user": "me@example.org", "transport": "ssh", "branch": "master", "keepRepository": true, "forceEmptyCommit": "true",
              "apiUrl": "http://127.0.0.1:5000", "gitUrl": "ssh://host/{app}.git", "knownHostsFile": "/etc/hosts", "sshKeyType": "RSA",
              "detachedCommands": true, "commandVariables": ["A"], "commandDynoSize": "basic", "buildTimeoutSeconds": 60,
              "releaseTimeoutSeconds": "90.5", "dynoTimeoutSeconds": 30, "dynoSettleSeconds": 0, "rateLimitPatienceSeconds": 0 }
            """);

        Assert.Multiple(() =>
        {
            Assert.That(options.App, Is.EqualTo("shop"));
            Assert.That(options.User, Is.EqualTo("me@example.org"));
            Assert.That((options.Transport, options.Branch, options.KeepRepository, options.ForceEmptyCommit), Is.EqualTo((HerokuTransport.Ssh, "master", true, true)));
            Assert.That((options.ApiUrl.Port, options.GitUrl, options.KnownHostsFile, options.SshKeyType), Is.EqualTo((5000, "ssh://host/{app}.git", "/etc/hosts", HerokuSshKeyType.Rsa)));
            Assert.That((options.DetachedCommands, options.CommandVariables.Single(), options.CommandDynoSize), Is.EqualTo((true, "A", "basic")));
            Assert.That(
                new[] { options.BuildTimeout, options.ReleaseTimeout, options.DynoTimeout, options.DynoSettleTime, options.RateLimitPatience }.Select(time => time.TotalSeconds),
                Is.EqualTo(new[] { 60, 90.5, 30, 0, 0 }));
        });
    }

    [TestCase("""{ "ap": "x" }""", "ap", "Known: app, user")]
    [TestCase("""{ "transport": "ftp" }""", "transport", "\"https\" or \"build-api\" or \"ssh\"")]
    [TestCase("""{ "keepRepository": 1 }""", "keepRepository", "true or false")]
    [TestCase("""{ "dynoTimeoutSeconds": 0 }""", "dynoTimeoutSeconds", "above 0")]
    [TestCase("""{ "apiUrl": "ftp://x" }""", "apiUrl", "https://")]
    [TestCase("""{ "apiUrl": "https://:key@x" }""", "apiUrl", "without a user or key")]
    [TestCase("""{ "app": "" }""", "app", "empty")]
    [TestCase("""{ "app": 1 }""", "app", "string")]
    [TestCase("""{ "commandVariables": 3 }""", "commandVariables", "list")]
    [TestCase("""{ "transport": "build-api", "keepRepository": true }""", "keepRepository", "build-api")]
    public void Create_WrongSetting_NamesItsKeyPath(string json, string key, string words)
    {
        var e = Assert.Throws<ConfigurationException>(() => Read(json));

        Assert.That(e!.Message, Does.StartWith($"targets.production.{key} ").And.Contain(words));
    }

    [TestCase("HEROKU_KEY")]
    [TestCase("WERCKER_HEROKU_DEPLOY_KEY")]
    [TestCase("HEROKU_API_KEY")]
    public void Create_KeyFound_IsContributedAsASecret(string name)
    {
        using var provider = new HerokuTargetProvider(null, asked => asked == name ? " the-key " : null);
        var environment = new DeployEnvironment();

        provider.Create(Settings("""{ "app": "shop", "user": "u" }""")).Contribute(environment);

        Assert.That(environment.TryGet("HEROKU_KEY", out var key) ? key : null, Is.EqualTo("the-key"));
        Assert.That(environment.ToListing(), Is.EquivalentTo(new Dictionary<string, string> { ["HEROKU_APP_NAME"] = "shop", ["HEROKU_USER"] = "u", ["HEROKU_KEY"] = "***" }));
    }

    [Test]
    public void Create_KeyNamedInSecrets_IsNotLookedUp()
    {
        using var provider = new HerokuTargetProvider(null, _ => "other");
        var environment = new DeployEnvironment();

        provider.Create(Settings("""{ "app": "shop" }""") with { Secrets = ["HEROKU_API_KEY"] }).Contribute(environment);

        Assert.That(environment.TryGet("HEROKU_KEY", out _), Is.False);
    }

    [Test]
    public void Create_MissingCaFile_IsAConfigurationFault()
    {
        using var provider = new HerokuTargetProvider(null, _ => null);

        Assert.That(() => provider.Create(Settings("""{ "app": "shop", "caFile": "/no/such/file.pem" }""")), Throws.InstanceOf<ConfigurationException>());
    }

    [Test]
    public void AddWerckerHeroku_Twice_RegistersOneProvider()
    {
        using var services = new ServiceCollection().AddWerckerHeroku().AddWerckerHeroku().BuildServiceProvider();

        Assert.That(services.GetServices<ITargetProvider>().Single().Provider, Is.EqualTo("heroku"));
    }

    private static HerokuOptions Read(string json) => new HerokuSettings(Settings(json)).Read();

    private static TargetSettings Settings(string json) => new()
    {
        Name = "production",
        Provider = "heroku",
        Location = "targets.production",
        Options = JsonNode.Parse(json)!.AsObject(),
    };
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class TargetConfigurationTests
{
    private const string File = """
        {"targets": {
          "production": {"provider": "heroku", "app": "shop", "size": 2.10, "build": {"pack": "node"},
            "variables": {"URL": "http://shop", "WORKERS": 2, "DEBUG": false},
            "secrets": ["HEROKU_KEY", "HEROKU_KEY"], "logTest": {"query": "error"}, "sandbox": {"provider": "docker"}},
          "a staging": {}
        }}
        """;

    [Test]
    public void Parse_Targets_BecomeSettingsInOrder()
    {
        var targets = WerckerConfig.Parse(File).Targets;

        Assert.That(targets.Keys, Is.EqualTo(new[] { "production", "a staging" }));
        var production = targets["production"];
        Assert.That((production.Name, production.Provider, production.Location), Is.EqualTo(("production", "heroku", "wercker.json:2:3: targets.production")));
        Assert.That(production.Variables, Is.EqualTo(new Dictionary<string, string> { ["URL"] = "http://shop", ["WORKERS"] = "2", ["DEBUG"] = "false" }));
        Assert.That(production.Secrets, Is.EqualTo(new[] { "HEROKU_KEY" }));
        Assert.That(production.Options.ToJsonString(), Is.EqualTo("{\"app\":\"shop\",\"size\":2.10,\"build\":{\"pack\":\"node\"}}"));
        Assert.That(production.LogTest!.ToJsonString(), Is.EqualTo("{\"query\":\"error\"}"));
        Assert.That(production.Sandbox!["provider"]!.GetValue<string>(), Is.EqualTo("docker"));
        Assert.That(production.MetricsTest, Is.Null);
        Assert.That(targets["a staging"].Provider, Is.EqualTo("custom"));
    }

    [Test]
    public void Parse_SecretWithAnOpenValue_IsWarnedAbout()
    {
        var config = WerckerConfig.Parse("{\"targets\": {\"p\": {\"variables\": {\"KEY\": \"x\"}, \"secrets\": [\"KEY\"]}}}");

        Assert.That(config.Warnings.Single().ToString(), Does.StartWith("wercker.json:1:34: warning: targets.p.variables.KEY: is in \"secrets\" too"));
    }

    [Test]
    public void Read_Configuration_GivesTheSameShape()
    {
        var targets = TargetConfiguration.Read(Configure(
            ("production:provider", "heroku"),
            ("production:variables:URL", "http://shop"),
            ("production:secrets:1", "B"),
            ("production:secrets:0", "A"),
            ("production:secrets:10", "C"),
            ("production:LogTest:query", "error"),
            ("production:rollback:0:cmd", "./back"),
            ("production:rollback:0:log", "False"),
            ("production:app", "shop")));

        var production = targets["production"];
        Assert.That(production.Provider, Is.EqualTo("heroku"));
        Assert.That(production.Variables["URL"], Is.EqualTo("http://shop"));
        Assert.That(production.Secrets, Is.EqualTo(new[] { "A", "B", "C" }));
        Assert.That(production.LogTest!["query"]!.GetValue<string>(), Is.EqualTo("error"));
        Assert.That(production.Options["app"]!.GetValue<string>(), Is.EqualTo("shop"));
        Assert.That(production.Location, Is.EqualTo("Wercker:Targets:production"));
        Assert.That(
            CommandReader.Read(production.Options["rollback"], production.Location + ":rollback"),
            Is.EqualTo(new[] { new WerckerCommand("./back") { Hidden = true } }));
    }

    [Test]
    public void Read_NothingConfigured_IsEmpty() => Assert.That(TargetConfiguration.Read(Configure()), Is.Empty);

    [TestCase("production:variables", "x", "Wercker:Targets:production:variables: must be an object of environment variables, but is a string. ")]
    [TestCase("production:variables:A-B", "x", "Wercker:Targets:production:variables:A-B: is not a name of an environment variable. ")]
    [TestCase("production:secrets:0", "a b", "Wercker:Targets:production:secrets:0: is not a name of an environment variable. ")]
    [TestCase("production:provider", " ", "Wercker:Targets:production:provider: is empty. ")]
    [TestCase("production", "x", "Wercker:Targets:production: must be an object of settings, but is a string. ")]
    public void Read_WrongSetting_NamesItsKeyPath(string key, string value, string message)
    {
        var fault = Assert.Throws<ConfigurationException>(() => TargetConfiguration.Read(Configure((key, value))));

        Assert.That(fault.Message, Does.StartWith(message));
        Assert.That(fault.KeyPath, Is.EqualTo("Wercker:Targets:" + key));
    }

    [Test]
    public void Read_EndlessNesting_IsRefused()
    {
        var key = string.Join(':', Enumerable.Repeat("x", 3000));

        Assert.That(() => TargetConfiguration.Read(Configure((key, "1"))), Throws.TypeOf<ConfigurationException>().With.Message.Contains("nested deeper"));
    }

    [Test]
    public void Merge_ConfigurationOverFile_WinsSettingBySetting()
    {
        var merged = TargetConfiguration.Merge(WerckerConfig.Parse(File).Targets, Configure(
            ("PRODUCTION:App", "shop-2"),
            ("PRODUCTION:build:stack", "22"),
            ("PRODUCTION:variables:URL", "http://other"),
            ("a staging:secrets:0", "KEY"),
            ("extra:provider", "ssh")));

        Assert.That(merged.Keys, Is.EqualTo(new[] { "production", "a staging", "extra" }));
        var production = merged["production"];
        Assert.That(production.Provider, Is.EqualTo("heroku"), "not given in the configuration, so not overridden by the default");
        Assert.That(production.Options.ToJsonString(), Is.EqualTo("{\"app\":\"shop-2\",\"size\":2.10,\"build\":{\"pack\":\"node\",\"stack\":\"22\"}}"));
        Assert.That(production.Variables, Is.EqualTo(new Dictionary<string, string> { ["URL"] = "http://other", ["WORKERS"] = "2", ["DEBUG"] = "false" }));
        Assert.That(production.Secrets, Is.EqualTo(new[] { "HEROKU_KEY" }));
        Assert.That(merged["a staging"].Secrets, Is.EqualTo(new[] { "KEY" }));
        Assert.That(merged["extra"].Provider, Is.EqualTo("ssh"));
    }

    [TestCase("[1]", "wercker.json: targets.p.rollback[0]: must be a command, but is a number. ")]
    [TestCase("{\"a\": {\"log\": true}}", "wercker.json: targets.p.rollback.a: \"commands\" is missing. ")]
    [TestCase("null", "wercker.json: targets.p.rollback: must be commands, but is null. ")]
    public void Read_CommandsOfWrongShape_NamesTheGivenPath(string json, string message)
    {
        var fault = Assert.Throws<ConfigurationException>(() => CommandReader.Read(JsonNode.Parse(json), "wercker.json: targets.p.rollback"));

        Assert.That(fault.Message, Does.StartWith(message));
    }

    private static IConfiguration Configure(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Wercker:Targets:" + setting.Key, (string?)setting.Value)))
        .Build();
}

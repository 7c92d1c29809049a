using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Ssh.Dokku;

namespace Wercker.Pipeline.Ssh.Tests.Dokku;

/// <summary>The settings, and the code and the table of docs/dokku.md.</summary>
public sealed class DokkuSettingsTests
{
    [Test]
    public void ReadTarget_EverySetting_IsRead()
    {
        var options = Read("""
            {
              "host": "deploy@paas.example.com:2222", "app": "shop", "branch": "main", "keyVariable": "KEY", "knownHosts": "/etc/hosts-of-ssh", "fingerprint": "SHA256:abc",
              "sshConfig": "/dev/null", "keyExchange": "fastest", "connectTimeout": "5s", "keepAlive": "6s", "buildTimeout": "7m", "startTimeout": "8s"
            }
            """);

        Assert.That(options.Host, Is.EqualTo(new SshHost("paas.example.com") { User = "deploy", Port = 2222, Fingerprint = "SHA256:abc" }));
        Assert.That((options.App, options.Branch, options.BuildTimeout, options.StartTimeout), Is.EqualTo(("shop", "main", TimeSpan.FromMinutes(7), TimeSpan.FromSeconds(8))));
        Assert.That((options.Login.KeyExchange, options.Login.ConnectTimeout, options.Login.KeepAlive, options.Login.Key!.Reveal()), Is.EqualTo((SshKeyExchange.Fastest, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6), "of-the-key")));
        Assert.That(Read("""{"host": "paas", "app": "shop"}""").Host.User, Is.EqualTo("dokku"));
    }

    [TestCase("""{"app": "shop"}""", "targets.live.host is missing")]
    [TestCase("""{"host": "paas"}""", "targets.live.app is missing")]
    [TestCase("""{"host": "paas", "app": "Shop; rm"}""", "would not take for a name")]
    [TestCase("""{"host": "paas:99999", "app": "shop"}""", "targets.live.host holds 'paas:99999'")]
    [TestCase("""{"host": "paas", "app": "shop", "branhc": "main"}""", "branhc is not known")]
    [TestCase("""{"host": "paas", "app": "shop", "keyVariable": "NOT_SET"}""", "NOT_SET, which is not set")]
    public void ReadTarget_WrongSetting_IsRefusedWithItsPlace(string settings, string words) =>
        Assert.That(() => Read(settings), Throws.TypeOf<ConfigurationException>().With.Message.Contains(words));

    [Test]
    public async Task Pipeline_OfThePage_SaysWhatItWouldDo()
    {
        // <pipeline>
        var options = new DokkuOptions { Host = new SshHost("dokku.example.com") { User = "dokku" }, App = "shop" };
        await using var target = new DokkuTarget(options, "production");
        var pipeline = new DeployPipelineBuilder("shop")
            .UseTarget(target)
            .AddWerckerFlow(flow => flow.LogTest(test => test.From(new DokkuLogSource(options), "^ERROR")))
            .Build();
        // </pipeline>

        Assert.That(pipeline.Plan(new("shop", "r1")).Steps.Single(step => step.Name == "Push").ToString(), Does.Contain("push to shop on dokku.example.com by git"));
    }

    [Test]
    public void Settings_OfThePage_AreThoseThatAreRead()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent!;
        }

        var settings = File.ReadAllLines(Path.Combine(directory.FullName, "docs", "dokku.md")).SkipWhile(line => line != "## Settings").TakeWhile(line => line != "## The phases")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.That(settings, Is.EqualTo(DokkuSettings.Known));
    }

    private static DokkuOptions Read(string settings) => DokkuSettings.Of(
        new TargetSettings { Name = "live", Provider = "dokku", Location = "targets.live", Options = JsonNode.Parse(settings)!.AsObject() },
        name => name == "KEY" ? "of-the-key" : null).ReadTarget();
}

using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Ssh.Setup;

namespace Wercker.Pipeline.Ssh.Tests.Setup;

public class SshSettingsTests
{
    [Test]
    public void Read_HostsAsTextsAndObjects_AreTheSame()
    {
        var texts = Read("""{ "hosts": ["web1", "deploy@web2:2222", "[::1]:23", "fe80::1"], "path": "/srv/shop" }""").Hosts;
        var objects = Read("""{ "hosts": [{ "address": "web2", "port": 2222, "user": "deploy", "roles": ["web"] }], "path": "/srv/shop" }""").Hosts;

        Assert.That(texts.Select(host => (host.User, host.Address, host.Port)), Is.EqualTo(new[] { (null, "web1", 22), ("deploy", "web2", 2222), (null, "::1", 23), (null, "fe80::1", 22) }));
        Assert.That((objects[0].User, objects[0].Address, objects[0].Port, objects[0].Name), Is.EqualTo(("deploy", "web2", 2222, "web2:2222")));
    }

    [TestCase("""{ "path": "/srv/shop" }""", "targets.live.hosts is missing")]
    [TestCase("""{ "hosts": ["web1:x"], "path": "/srv/shop" }""", "targets.live.hosts holds 'web1:x', which is no host")]
    [TestCase("""{ "hosts": ["web1"] }""", "targets.live.path is missing")]
    [TestCase("""{ "hosts": ["web1"], "path": "srv" }""", "'srv' of web1 must be a full path")]
    [TestCase("""{ "hosts": ["web1", "web1"], "path": "/srv/shop" }""", "Two hosts are named web1")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "linkedFiles": ["../x"] }""", "'../x' must lead to a place below")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "waves": ["0"] }""", "The wave '0'")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "wave": "1" }""", "targets.live.wave is not known here")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "password": "NO_SUCH_VARIABLE" }""", "names the environment variable NO_SUCH_VARIABLE, which is not set")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "waveTests": ["smoke"] }""", "holds 'smoke'")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "unit": "a", "restart": "b" }""", "a restart command and a unit")]
    [TestCase("""{ "hosts": ["web1"], "path": "/srv/shop", "keep": 1 }""", "targets.live.keep must be")]
    public void Create_WrongSetting_IsRefusedWithItsPlace(string json, string message)
    {
        using var provider = new SshTargetProvider(_ => null, (_, _, _) => { });
        Assert.That(() => provider.Create(Settings(json)), Throws.InstanceOf<ConfigurationException>().With.Message.Contains(message));
    }

    private static SshOptions Read(string json) => SshSettings.Of(Settings(json), _ => null).ReadTarget(null);

    private static TargetSettings Settings(string json) => new() { Name = "live", Provider = "ssh", Location = "targets.live", Options = (JsonObject)JsonNode.Parse(json)! };
}

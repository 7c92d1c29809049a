using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Docker.Services;

namespace Wercker.Pipeline.Docker.Tests.Services;

public sealed class ServiceSettingsTests
{
    [Test]
    public void ReadTarget_EverySetting_IsRead()
    {
        var options = Read("""
            {
              "service": "shop_web", "image": "r.example.com/{app}:{revision}", "pull": "missing", "host": "tcp://manager:2376", "certificates": "/etc/certs",
              "registryUser": "deploy", "registryPassword": "PASSWORD", "order": "start-first", "parallelism": 0, "delay": "1s", "monitor": "2s",
              "healthTimeout": "3m", "commandVariables": ["RELEASE"]
            }
            """);

        Assert.That(options with { RegistryPassword = null, CommandVariables = [] }, Is.EqualTo(new DockerServiceOptions
        {
            Service = "shop_web",
            Image = "r.example.com/{app}:{revision}",
            Pull = DockerPull.Missing,
            Host = new Uri("tcp://manager:2376"),
            CertificateDirectory = "/etc/certs",
            RegistryUser = "deploy",
            Order = DockerUpdateOrder.StartFirst,
            Parallelism = 0,
            Delay = TimeSpan.FromSeconds(1),
            Monitor = TimeSpan.FromSeconds(2),
            HealthTimeout = TimeSpan.FromMinutes(3),
            CommandVariables = [],
        }));
        Assert.That(options.RegistryPassword!.Reveal(), Is.EqualTo("of-the-registry"));
        Assert.That(options.CommandVariables, Is.EqualTo(new[] { "RELEASE" }));
        Assert.That(options.ImageOf(new DeployRequest("shop", "r1")), Is.EqualTo("r.example.com/shop:r1"));
    }

    [TestCase("""{"image": "shop:1"}""", "targets.live.service is missing")]
    [TestCase("""{"service": "web"}""", "image is missing")]
    [TestCase("""{"service": "web", "image": "localhost:5000/shop"}""", "which has no tag")]
    [TestCase("""{"service": "web", "image": "shop:1", "servcie": 1}""", "servcie is not known")]
    [TestCase("""{"service": "web", "image": "shop:1", "pull": "sometimes"}""", "it must be \"always\" or \"missing\" or \"never\"")]
    [TestCase("""{"service": "web", "image": "shop:1", "host": "manager"}""", "must be an address")]
    [TestCase("""{"service": "web", "image": "shop:1", "project": "shop", "order": "start-first"}""", "order is for services of a Swarm")]
    [TestCase("""{"service": "web", "image": "shop:1", "registryUser": "me"}""", "registryPassword is missing")]
    [TestCase("""{"service": "web", "image": "shop:1", "registryUser": "me", "registryPassword": "NOT_SET"}""", "NOT_SET, which is not set")]
    [TestCase("""{"service": "web", "image": "shop:1", "healthTimeout": 0}""", "must be a duration above 0 seconds")]
    public void ReadTarget_WrongSetting_IsRefusedWithItsPlace(string settings, string words) =>
        Assert.That(() => Read(settings), Throws.TypeOf<ConfigurationException>().With.Message.Contains(words).And.Message.Contains("targets.live"));

    private static DockerServiceOptions Read(string settings) => ServiceSettings.Of(
        new TargetSettings { Name = "live", Provider = "docker", Location = "targets.live", Options = JsonNode.Parse(settings)!.AsObject() },
        name => name == "PASSWORD" ? "of-the-registry" : null).ReadTarget();
}

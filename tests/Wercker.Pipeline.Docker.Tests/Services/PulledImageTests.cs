using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Tests.Registries;
using Secret = Wercker.Pipeline.Secrets.Secret;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>An image that is not here, from a registry that wants a login.</summary>
[CancelAfter(180_000)]
public sealed class PulledImageTests
{
    [Test]
    public async Task Deploy_ImageOfARegistry_IsPulledInSetupAndRunsByItsDigest(CancellationToken cancellationToken)
    {
        await using var registry = await RegistryServer.StartAsync(RegistryLogin.Bearer);
        await using var shop = await SwarmShop.StartAsync(spec => spec.TaskTemplate!.ContainerSpec!.Command = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1000 & wait; done"]);
        var options = shop.Options with { Image = registry.Image[..^1] + "{revision}", Pull = DockerPull.Always, RegistryUser = RegistryServer.User, RegistryPassword = new Secret(RegistryServer.Password) };
        try
        {
            var report = await Deployments.DeployAsync(shop.Target(options), "1");
            var refused = await Deployments.DeployAsync(shop.Target(options with { RegistryPassword = new Secret("not-the-password") }), "1");

            Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
            Assert.That(report.Steps[0].Message, Does.Contain(registry.Image + "@sha256:"));
            Assert.That(await shop.RunningAsync(), Is.All.StartsWith(registry.Image + "@sha256:").And.Exactly(2).Items);
            Assert.That(refused.Steps[0].Message, Does.Contain("could not be pulled").And.Contain("registryPassword").And.Not.Contain("not-the-password"));
        }
        finally
        {
            await Engine.Client.Images.DeleteImageAsync(registry.Image, new ImageDeleteParameters { Force = true }, CancellationToken.None);
        }
    }
}

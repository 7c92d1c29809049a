using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Docker.DotNet.Models;
using Wercker.Pipeline.EndToEnd.Tests;
using Wercker.Pipeline.Sandboxes;
using Secret = Wercker.Pipeline.Secrets.Secret;

namespace Wercker.Pipeline.Docker.Tests.Registries;

/// <summary>The real engine pulls from a registry on loopback.</summary>
[NonParallelizable]
[CancelAfter(120_000)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PullTests
{
    [TestCase(RegistryLogin.Nothing)]
    [TestCase(RegistryLogin.Basic)]
    [TestCase(RegistryLogin.Bearer)]
    public async Task CreateAsync_ImageInARegistry_IsPulledWithProgress(RegistryLogin login, CancellationToken cancellationToken)
    {
        await using var registry = await RegistryServer.StartAsync(login);
        var said = new List<string>();
        var provider = new DockerSandboxProvider
        {
            RegistryUser = login == RegistryLogin.Nothing ? null : RegistryServer.User,
            RegistryPassword = login == RegistryLogin.Nothing ? null : new Secret(RegistryServer.Password),
            Progress = said.Add,
        };
        try
        {
            await using (var box = await Box.OpenAsync(new SandboxSpec { Image = registry.Image }, provider))
            {
                Assert.That((await box.RunAsync("id -u; wc -c </etc/second-layer")).Output, Is.EqualTo("1000\n36\n"));
            }

            string[] words = ["is pulled", "layer 1 ", "layer 2 ", "is here"];
            Assert.That(said.Count(line => line.StartsWith("image", StringComparison.Ordinal)), Is.EqualTo(words.Length), string.Join('\n', said));
            Assert.That(words.All(word => said.Exists(line => line.StartsWith($"image {registry.Image} {word}", StringComparison.Ordinal))), Is.True, string.Join('\n', said));
        }
        finally
        {
            await Engine.Client.Images.DeleteImageAsync(registry.Image, new ImageDeleteParameters { Force = true }, CancellationToken.None);
        }
    }

    [Test]
    public async Task CreateAsync_LoginOfDockerLogin_IsUsed(CancellationToken cancellationToken)
    {
        await using var registry = await RegistryServer.StartAsync(RegistryLogin.Bearer);
        var directory = Directory.CreateTempSubdirectory("docker-config-");
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryServer.User}:{RegistryServer.Password}"));
        var logins = new Dictionary<string, object> { [registry.Address] = new { auth } };
        await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "config.json"), JsonSerializer.SerializeToUtf8Bytes(new { auths = logins }), cancellationToken);
        Environment.SetEnvironmentVariable("DOCKER_CONFIG", directory.FullName);
        try
        {
            await using var box = await Box.OpenAsync(new SandboxSpec { Image = registry.Image });
            Assert.That((await box.RunAsync("echo in")).Output, Is.EqualTo("in\n"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_CONFIG", null);
            directory.Delete(recursive: true);
            await Engine.Client.Images.DeleteImageAsync(registry.Image, new ImageDeleteParameters { Force = true }, CancellationToken.None);
        }
    }

    [Test]
    public async Task Deploy_WithTheTool_ShowsThePull(CancellationToken cancellationToken)
    {
        await using var registry = await RegistryServer.StartAsync(RegistryLogin.Bearer);
        var project = Directory.CreateTempSubdirectory("wercker-pull-");
        var sandbox = new { provider = "docker", image = registry.Image, docker = new { registryUser = RegistryServer.User, registryPassword = "REGISTRY_PASSWORD" } };
        var file = new { deploy = new[] { "wc -c </etc/second-layer" }, targets = new { production = new { provider = "custom", sandbox } } };
        await File.WriteAllBytesAsync(Path.Combine(project.FullName, "wercker.json"), JsonSerializer.SerializeToUtf8Bytes(file), cancellationToken);
        var start = new ProcessStartInfo("dotnet", [BuiltTool.Path, "deploy", "--target", "production"]) { WorkingDirectory = project.FullName, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["REGISTRY_PASSWORD"] = RegistryServer.Password;
        try
        {
            using var tool = Process.Start(start)!;
            var result = tool.StandardOutput.ReadToEndAsync(cancellationToken);
            var shown = await tool.StandardError.ReadToEndAsync(cancellationToken);
            await tool.WaitForExitAsync(cancellationToken);
            Assert.That(tool.ExitCode, Is.Zero, await result + shown);
            Assert.That(shown, Does.Contain($"image {registry.Image} is pulled").And.Contain("layer 2").And.Contain("is here").And.Contain("| 36"));
            Assert.That(shown + await result, Does.Not.Contain(RegistryServer.Password));
        }
        finally
        {
            project.Delete(recursive: true);
            await Engine.Client.Images.DeleteImageAsync(registry.Image, new ImageDeleteParameters { Force = true }, CancellationToken.None);
        }
    }

    [TestCase(RegistryLogin.Basic)]
    [TestCase(RegistryLogin.Bearer)]
    public async Task CreateAsync_WrongPassword_SaysWhichImageAndWhatToDo(RegistryLogin login, CancellationToken cancellationToken)
    {
        await using var registry = await RegistryServer.StartAsync(login);
        using var provider = new DockerSandboxProvider { RegistryUser = RegistryServer.User, RegistryPassword = new Secret("not-the-password") };
        Assert.That(
            async () => await provider.CreateAsync(new SandboxSpec { Image = registry.Image }, cancellationToken),
            Throws.TypeOf<SandboxException>().With.Message.Contains(registry.Image).And.Message.Contains("registryPassword").And.Message.Contains("auth").IgnoreCase
                .And.Message.Not.Contains("not-the-password"));
    }

    [Test]
    public async Task CreateAsync_ImageThatTheRegistryDoesNotHave_SaysSo(CancellationToken cancellationToken)
    {
        await using var registry = await RegistryServer.StartAsync(RegistryLogin.Nothing);
        using var provider = new DockerSandboxProvider();
        Assert.That(
            async () => await provider.CreateAsync(new SandboxSpec { Image = registry.Image + ".2" }, cancellationToken),
            Throws.TypeOf<SandboxException>().With.Message.Contains(registry.Image + ".2").And.Message.Contains("not found").Or.Message.Contains("manifest unknown"));
    }
}

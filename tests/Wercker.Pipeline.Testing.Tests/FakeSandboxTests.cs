using System.Text;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Testing.Tests;

public class FakeSandboxTests
{
    [Test]
    public async Task CreateAsync_EnvironmentChangesLater_TheSandboxKeepsWhatItGot()
    {
        var provider = new FakeSandboxProvider();
        var environment = new DeployEnvironment().Set("A", "1").SetSecret("TOKEN", new Secret("s3cret"));
        await provider.CreateAsync(new SandboxSpec { Environment = environment }, CancellationToken.None);
        environment.Set("A", "2");
        Assert.That(provider.Created.Single().Environment, Is.EqualTo(new Dictionary<string, string> { ["A"] = "1", ["TOKEN"] = "s3cret" }));
    }

    [Test]
    public void CreateAsync_ScriptedFailure_IsThrownAndNothingCreated()
    {
        var provider = new FakeSandboxProvider { CreateFailure = new SandboxException("no room"), Obstacle = "no bash" };
        Assert.That(async () => await provider.CreateAsync(new SandboxSpec(), CancellationToken.None), Throws.TypeOf<SandboxException>());
        Assert.That(provider.Created, Is.Empty);
        Assert.That(provider.FindObstacle(new SandboxSpec()), Is.EqualTo("no bash"));
    }

    [Test]
    public async Task Shells_OpenedAndClosed_AreCounted()
    {
        var sandbox = new FakeSandbox();
        var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        await sandbox.OpenShellAsync(CancellationToken.None);
        await shell.DisposeAsync();
        await shell.DisposeAsync();
        Assert.That(sandbox.OpenShells, Is.EqualTo(1));
        Assert.That(async () => await shell.RunAsync(new ShellCommand("x"), new Lines(), CancellationToken.None), Throws.TypeOf<SandboxException>());
    }

    [Test]
    public async Task AfterDispose_EveryUse_IsRefused()
    {
        var sandbox = new FakeSandbox();
        var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        await sandbox.DisposeAsync();
        Assert.That(sandbox.IsDisposed, Is.True);
        Assert.That(async () => await shell.RunAsync(new ShellCommand("x"), new Lines(), CancellationToken.None), Throws.TypeOf<SandboxException>());
        Assert.That(async () => await sandbox.OpenShellAsync(CancellationToken.None), Throws.TypeOf<SandboxException>());
        Assert.That(async () => await sandbox.CopyOutAsync("a", "b", CancellationToken.None), Throws.TypeOf<SandboxException>());
    }

    [Test]
    public async Task Copy_DirectoryInAndOut_KeepsTheFiles()
    {
        var folder = Directory.CreateTempSubdirectory("wercker-fake-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "in", "sub"));
            await File.WriteAllTextAsync(Path.Combine(folder, "in", "sub", "a.txt"), "hello");
            var sandbox = new FakeSandbox();
            await sandbox.CopyInAsync(Path.Combine(folder, "in"), "app", CancellationToken.None);
            Assert.That(Encoding.UTF8.GetString(sandbox.Files["app/sub/a.txt"].Span), Is.EqualTo("hello"));
            await sandbox.CopyOutAsync("app", Path.Combine(folder, "out"), CancellationToken.None);
            Assert.That(await File.ReadAllTextAsync(Path.Combine(folder, "out", "sub", "a.txt")), Is.EqualTo("hello"));
            await sandbox.CopyOutAsync("app/sub/a.txt", Path.Combine(folder, "b.txt"), CancellationToken.None);
            Assert.That(await File.ReadAllTextAsync(Path.Combine(folder, "b.txt")), Is.EqualTo("hello"));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public void CopyOutAsync_UnknownPath_SaysSo() => Assert.That(
        async () => await new FakeSandbox().CopyOutAsync("missing", "anywhere", CancellationToken.None),
        Throws.TypeOf<SandboxException>().With.Message.Contains("'missing'"));
}

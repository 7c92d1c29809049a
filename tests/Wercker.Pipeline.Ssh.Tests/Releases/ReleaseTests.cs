using System.Runtime.Versioning;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh.Tests.Releases;

[UnsupportedOSPlatform("windows")]
public class ReleaseTests
{
    [TestCase(SshClientKind.BuiltIn)]
    [TestCase(SshClientKind.OpenSsh)]
    public async Task Push_FirstAndSecond_AreReleasesOfTheirOwnAndTheLastIsLive(SshClientKind client)
    {
        await using var servers = new Servers(1, client);
        servers.Write("bin/run.sh", "#!/bin/sh");
        File.SetUnixFileMode(Path.Combine(servers.SourceDirectory, "bin/run.sh"), (UnixFileMode)0x1ED);
        var target = servers.Target();
        await servers.PushAsync("v1", target);
        var first = servers.Current();
        servers.Write("index.html", "two");
        var second = await servers.PushAsync("v2", target);

        Assert.Multiple(() =>
        {
            Assert.That(servers.Current(), Does.StartWith("v2-").And.Not.EqualTo(first));
            Assert.That(servers.Read("current/index.html"), Is.EqualTo("two"));
            Assert.That(servers.Read($"releases/{first}/index.html"), Is.EqualTo("one"));
            Assert.That(File.GetUnixFileMode(Path.Combine(servers.Root(), "current/bin/run.sh")), Is.EqualTo((UnixFileMode)0x1ED));
            Assert.That(servers.Read(".wercker/history").Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2));
            Assert.That(servers.Read(".wercker/history"), Does.Contain($"release\t{servers.Current()}\t{first}\t").And.Contain("anna"));
            Assert.That(second.Evidence.Single(one => one.Kind == "hosts").Text, Is.EqualTo($"h1: released (before: {first})\n"));
            Assert.That(Directory.GetFileSystemEntries(Path.Combine(servers.Root(), ".wercker", "uploads")), Is.Empty);
        });
    }

    [Test]
    public async Task Push_OfTheSameFiles_IsPassedOver()
    {
        await using var servers = new Servers();
        await servers.PushAsync();
        var again = await servers.PushAsync();

        Assert.That(again.Evidence.Single(one => one.Kind == "hosts").Title, Is.EqualTo("1 hosts: 1 was so already"));
    }

    [Test]
    public async Task Push_WithLinks_KeepsWhatIsSharedAndRefusesWithoutTheFile()
    {
        await using var servers = new Servers();
        servers.Write("storage/dummy", "of the source");
        servers.Options = servers.Options with { LinkedDirectories = ["storage"], LinkedFiles = ["config/db.yml"] };

        var refused = await servers.RunAsync(new PushStep());
        servers.WriteOn(0, "shared/config/db.yml", "secret");
        await servers.PushAsync();
        servers.WriteOn(0, "current/storage/upload", "kept");
        servers.Write("index.html", "two");
        await servers.PushAsync("v2");

        Assert.Multiple(() =>
        {
            Assert.That(refused.Message, Does.Contain("the linked file").And.Contain("shared/config/db.yml is not there: put it there"));
            Assert.That(servers.Read("current/config/db.yml"), Is.EqualTo("secret"));
            Assert.That(servers.Read("current/storage/upload"), Is.EqualTo("kept"));
            Assert.That(File.Exists(Path.Combine(servers.Root(), "current/storage/dummy")), Is.False);
        });
    }

    [Test]
    public async Task Push_ManyTimes_KeepsAsManyAsAskedAndNeverDropsTheLiveOne()
    {
        await using var servers = new Servers();
        servers.Options = servers.Options with { Keep = 3 };
        var target = servers.Target();
        for (var i = 1; i <= 6; i++)
        {
            servers.Write("index.html", $"{i}");
            await servers.PushAsync($"v{i}", target);
        }

        var left = Directory.GetDirectories(Path.Combine(servers.Root(), "releases")).Select(Path.GetFileName).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(left, Has.Length.EqualTo(3));
            Assert.That(left, Has.One.StartsWith("v6-").And.One.StartsWith("v5-"));
        });
    }

    [Test]
    public async Task Push_WhosePrepareFails_LeavesTheLiveReleaseAndSaysWhatItPrinted()
    {
        await using var servers = new Servers();
        await servers.PushAsync();
        var before = servers.Current();
        servers.Write("index.html", "two");
        servers.Options = servers.Options with { Prepare = "echo bundler is missing; exit 4" };
        var report = await servers.RunAsync(new PushStep(), "v2");

        Assert.Multiple(() =>
        {
            Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
            Assert.That(report.Message, Is.EqualTo("h1: the command \"prepare\" ended with exit code 4: bundler is missing"));
            Assert.That(servers.Current(), Is.EqualTo(before));
            Assert.That(Directory.GetDirectories(Path.Combine(servers.Root(), "releases")), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public async Task Push_AfterHalfAnUpload_GoesOnWhereItWasCutOff()
    {
        await using var servers = new Servers();
        servers.Write("large.bin", Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(2_000_000)));
        var uploads = Path.Combine(servers.Root(), ".wercker/uploads");
        Directory.CreateDirectory(uploads);
        var half = 0L;
        var report = await new Testing.StepHarness
        {
            Target = servers.Target(),
            Request = servers.Request("v1"),
            Before = async (context, token) =>
            {
                using var payload = await Ssh.Releases.Payload.MakeAsync(context, context.Request.Source!, null, token);
                half = payload.Archive!.Size / 2;
                var bytes = await File.ReadAllBytesAsync(payload.Archive.File, token);
                await File.WriteAllBytesAsync(Path.Combine(uploads, payload.Archive.Sum + ".cutoff"), bytes[..(int)half], token);

                // What is wrong in the first half can only be seen at the end: then the whole is sent again.
                await File.WriteAllBytesAsync(Path.Combine(uploads, payload.Archive.Sum + ".toolong"), [.. bytes, 1], token);
            },
        }.RunAsync(new PushStep());

        Assert.Multiple(() =>
        {
            Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
            Assert.That(half, Is.GreaterThan(100_000));
            Assert.That(servers.Read("current/large.bin"), Is.EqualTo(File.ReadAllText(Path.Combine(servers.SourceDirectory, "large.bin"))));
            Assert.That(Directory.GetFiles(uploads), Is.Empty);
        });
    }

    [Test]
    public async Task Push_AfterAWrongHalf_SendsItAllAgain()
    {
        await using var servers = new Servers();
        var uploads = Path.Combine(servers.Root(), ".wercker/uploads");
        Directory.CreateDirectory(uploads);
        var report = await new Testing.StepHarness
        {
            Target = servers.Target(),
            Request = servers.Request("v1"),
            Before = async (context, token) =>
            {
                using var payload = await Ssh.Releases.Payload.MakeAsync(context, context.Request.Source!, null, token);
                await File.WriteAllBytesAsync(Path.Combine(uploads, payload.Archive!.Sum + ".wrong"), new byte[payload.Archive.Size / 2], token);
            },
        }.RunAsync(new PushStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
    }

    [Test]
    public async Task RollBack_SwitchesTheLinkAndRestarts()
    {
        await using var servers = new Servers();
        servers.Options = servers.Options with { Restart = "cat index.html >> ../../restarts" };
        var target = servers.Target();
        await servers.PushAsync("v1", target);
        var first = servers.Current();
        servers.Write("index.html", "two");
        await servers.PushAsync("v2", target);
        var result = await servers.AskAsync((t, context, token) => t.RollBackAsync(context, new Release(first), token), target);

        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(StepStatus.Succeeded), result.Message);
            Assert.That(servers.Current(), Is.EqualTo(first));
            Assert.That(servers.Read("restarts"), Is.EqualTo("one"));
            Assert.That(servers.Read(".wercker/history"), Does.Contain($"rollback\t{first}\t"));
        });
    }

    [Test]
    public async Task Push_FetchedByTheHost_HasTheFilesOfTheCommit()
    {
        await using var servers = new Servers();
        var repository = Path.Combine(servers.SourceDirectory, "..", "repository");
        foreach (var arguments in new[] { new[] { "init", "-q", repository }, ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "--allow-empty", "-m", "first"] })
        {
            Wercker.Pipeline.Tests.Servers.SshServer.Run("git", arguments);
        }

        File.WriteAllText(Path.Combine(repository, "app.txt"), "from git");
        Wercker.Pipeline.Tests.Servers.SshServer.Run("git", "-C", repository, "add", ".");
        Wercker.Pipeline.Tests.Servers.SshServer.Run("git", "-C", repository, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "second");
        servers.Options = servers.Options with { Repository = $"file://{Path.GetFullPath(repository)}" };
        var report = await new Testing.StepHarness { Target = servers.Target(), Request = new DeployRequest("shop", "v1") { Source = Source.Git(repository) } }.RunAsync(new PushStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
        Assert.That(servers.Read("current/app.txt"), Is.EqualTo("from git"));
    }
}

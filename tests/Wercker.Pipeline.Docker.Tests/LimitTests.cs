using Docker.DotNet.Models;
using Wercker.Pipeline.Sandboxes;
using Secret = Wercker.Pipeline.Secrets.Secret;

namespace Wercker.Pipeline.Docker.Tests;

[CancelAfter(120_000)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LimitTests
{
    [Test]
    public async Task RunAsync_MoreMemoryThanAllowed_IsKilledWithAVerdictAndTheSessionGoesOn()
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { Memory = 64 << 20 });
        await box.RunAsync("kept=yes");
        var (result, _) = await box.RunAsync("dd if=/dev/zero of=/dev/null bs=200M count=1");
        Assert.That(result, Has.Property("End").EqualTo(CommandEnd.LimitReached).And.Property("ExitCode").EqualTo(137).And.Property("Detail").EqualTo("killed: memory limit 64 MB"));
        Assert.That((await box.RunAsync("echo $kept")).Output, Is.EqualTo("yes\n"));
        Assert.That((await box.RunAsync("exit 1")).Result.End, Is.EqualTo(CommandEnd.Exited), "an earlier kill is not held against a later command");
    }

    [Test]
    public async Task RunAsync_MoreProcessesThanAllowed_FailsWithAVerdict()
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { Processes = 16 });
        var (result, _) = await box.RunAsync("for i in $(seq 20); do sleep 20 & done; jobs -p | wc -l; false", TimeSpan.FromSeconds(100));
        Assert.That(result.End, Is.EqualTo(CommandEnd.LimitReached));
        Assert.That(result.Detail, Is.EqualTo("refused: limit of 16 processes").Or.StartsWith("refused: limit of 16 processes; bash was ended with it"));
        await box.RunAsync("kill $(jobs -p); wait");
        Assert.That((await box.RunAsync("echo on")).Output, Does.EndWith("on\n"));
    }

    [Test]
    public async Task RunAsync_LongerThanTheLifetime_IsKilledWithAVerdict()
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { Lifetime = TimeSpan.FromSeconds(2) });
        var (result, _) = await box.RunAsync("sleep 60");
        Assert.That(result.End, Is.EqualTo(CommandEnd.LimitReached));
        Assert.That(result.Detail, Does.StartWith("killed: time limit 2 seconds"));
    }

    [Test]
    public async Task CreateAsync_AllLimits_ReachTheEngine()
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { DeploymentId = "limits", Memory = 100 << 20, Processors = 0.5, Processes = 77 });
        var limits = (await FindAsync("limits")).HostConfig!;
        Assert.That((limits.Memory, limits.MemorySwap, limits.NanoCPUs, limits.PidsLimit, limits.ReadonlyRootfs, limits.Init), Is.EqualTo((100L << 20, 100L << 20, 500_000_000L, (long?)77, true, (bool?)true)));
    }

    [Test]
    public async Task CreateAsync_SecretVariable_StandsNowhereInTheContainersDescription()
    {
        const string value = "s3cret-of-the-deployment";
        var environment = new DeployEnvironment().SetSecret("API_KEY", new Secret(value));
        await using var box = await Box.OpenAsync(new SandboxSpec { DeploymentId = "secret", Environment = environment });
        Assert.That((await box.RunAsync("echo $API_KEY")).Output, Is.EqualTo(value + "\n"));
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint("/var/run/docker.sock"), token);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        var id = (await FindAsync("secret")).ID;
        Assert.That(await http.GetStringAsync($"http://engine/containers/{id}/json"), Does.Not.Contain(value).And.Contain("\"wercker.deployment\":\"secret\""));
        Assert.That(await http.GetStringAsync($"http://engine/containers/{id}/top?ps_args=-ef"), Does.Not.Contain(value));
    }

    [Test]
    public async Task RunAsync_Mounts_AreSeenAsTheyWereAskedFor()
    {
        var outside = Directory.CreateTempSubdirectory("mount");
        try
        {
            File.SetUnixFileMode(outside.FullName, (UnixFileMode)0x1FF);
            await File.WriteAllTextAsync(Path.Combine(outside.FullName, "file"), "seen\n");
            await using var box = await Box.OpenAsync(new SandboxSpec { Mounts = [(outside.FullName, "/mnt/read", false), (outside.FullName, "/mnt/write", true)] });
            var (_, output) = await box.RunAsync("cat /mnt/read/file; echo no > /mnt/read/new; echo yes > /mnt/write/new");
            Assert.That(output, Does.Contain("seen\n").And.Contain("Read-only file system"), "in any order: they are two streams");
            Assert.That(await File.ReadAllTextAsync(Path.Combine(outside.FullName, "new")), Is.EqualTo("yes\n"));
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Test]
    public async Task CreateAsync_SourceAndRoot_AreBelowBuildAndBelongToTheUser()
    {
        var source = Directory.CreateTempSubdirectory("source");
        try
        {
            Directory.CreateDirectory(Path.Combine(source.FullName, "app"));
            await File.WriteAllTextAsync(Path.Combine(source.FullName, "app/run"), "echo ran");
            File.SetUnixFileMode(Path.Combine(source.FullName, "app/run"), (UnixFileMode)0x1E8);
            await using var box = await Box.OpenAsync(new SandboxSpec { DeploymentId = "shop-42", Source = Source.Directory(source.FullName), Root = "app" });
            var (_, output) = await box.RunAsync("pwd; echo $WERCKER_ROOT; ./run; stat -c '%a %u' run; echo new > file && cat file");
            Assert.That(output, Is.EqualTo("/build/shop-42/app\n/build/shop-42/app\nran\n750 1000\nnew\n"));
        }
        finally
        {
            source.Delete(recursive: true);
        }
    }

    private static async Task<ContainerInspectResponse> FindAsync(string deployment)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"wercker.deployment={deployment}"] = true } };
        var found = await Engine.Client.Containers.ListContainersAsync(new ContainersListParameters { Filters = filter });
        return await Engine.Client.Containers.InspectContainerAsync(found.Single().ID);
    }
}

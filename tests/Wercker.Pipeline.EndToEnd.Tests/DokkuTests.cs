using System.Text.Json;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The tool against a Dokku of tests behind a real sshd, from wercker.json alone.</summary>
public sealed class DokkuTests
{
    private const int SigKill = 9;
    private static SshServer _ssh = null!;

    [OneTimeSetUp]
    public static async Task StartAsync() => _ssh = await SshServer.StartAsync();

    [OneTimeTearDown]
    public static async Task EndAsync() => await _ssh.DisposeAsync();

    [Test]
    public async Task Deploy_GoodThenBroken_ExitsWithZeroOneAndThree()
    {
        var server = DokkuServer.Make(_ssh);
        using var work = new Workspace();
        Configure(work, server);
        work.File("index.html", "one").File("build", "[ ! -e \"$ROOT/broken\" ]");
        var good = await work.DeployAsync("--target", "live");

        work.File("build", "echo no such module; exit 1");
        var failing = await work.DeployAsync("--target", "live");

        // The test that fails also breaks the build of the release that was live before.
        work.File("build", "exit 0");
        Configure(work, server, $"touch {server.Root}/broken; exit 1");
        var stuck = await work.DeployAsync("--target", "live");

        Assert.That(good.ExitCode, Is.Zero, good.ToString());
        Assert.That(failing.ExitCode, Is.EqualTo(1), failing.ToString());
        Assert.That(failing.ToString(), Does.Contain("-----> Building shop from herokuish").And.Contain("no such module"));
        Assert.That(stuck.ExitCode, Is.EqualTo(3), stuck.ToString());
    }

    [Test]
    public async Task Resume_KilledWhileDokkuBuilds_WaitsForThatBuild()
    {
        var server = DokkuServer.Make(_ssh);
        using var work = new Workspace();
        Configure(work, server);
        server.SetState("hold");
        work.File("index.html", "one").File("build", "touch \"$ROOT/building\"; while [ -e \"$ROOT/hold\" ]; do sleep 0.1; done");
        using (var tool = work.StartDeploy("--target", "live"))
        {
            await tool.UntilAsync(() => File.Exists(Path.Combine(server.Root, "building")), "the build");
            tool.Signal(SigKill);
            await tool.WaitAsync();
        }

        var asked = server.Calls.Length;
        ToolResult resumed;
        using (var tool = work.Start("resume"))
        {
            await tool.UntilAsync(() => server.Calls.Skip(asked).Contains("apps:locked shop"), "the question whether Dokku still builds");
            server.ClearState("hold");
            resumed = await tool.WaitAsync();
        }

        Assert.That(resumed.ExitCode, Is.Zero, resumed.ToString());
        Assert.That(server.Live, Is.EqualTo("one"));
        Assert.That(server.Calls.Count(call => call.StartsWith("git-receive-pack", StringComparison.Ordinal)), Is.EqualTo(1), "it was not pushed again");
    }

    private static void Configure(Workspace work, DokkuServer server, string? test = null) => work.Config(JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["post-deploy test"] = test is null ? Array.Empty<string>() : [test],
        ["targets"] = new Dictionary<string, object>
        {
            ["live"] = new { provider = "dokku", host = $"{Environment.UserName}@127.0.0.1:{server.Ssh.Port}", app = "shop", key = server.Key, knownHosts = server.Ssh.KnownHosts, sshConfig = "/dev/null", connectTimeout = "60s" },
        },
    }));
}

using System.Text.Json;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The tool against real sshd, from wercker.json alone.</summary>
public sealed class SshTests
{
    private const int SigKill = 9;
    private const int Count = 50;

    [Test]
    public async Task Deploy_KilledInTheMiddleOfAFleet_ResumesWithTheHostsThatAreLeft()
    {
        await using var server = await SshServer.StartAsync();
        using var work = new Workspace();
        Configure(work, server);
        work.File("index.html", "one");
        var first = await work.DeployAsync("--target", "live");
        Assert.That(first.ExitCode, Is.Zero, first.ToString());

        // The thirtieth host waits in the middle of its release until it is let go.
        work.File("index.html", "two");
        await File.WriteAllTextAsync(Path.Combine(Root(work, 30), "wait"), string.Empty);
        using (var tool = work.StartDeploy("--target", "live"))
        {
            await tool.UntilAsync(() => File.Exists(Path.Combine(Root(work, 30), "waits")), "the release of host 30");
            tool.Signal(SigKill);
            await tool.WaitAsync();
        }

        var between = Lives(work);
        File.Delete(Path.Combine(Root(work, 30), "wait"));
        var resumed = await work.RunAsync("resume");

        Assert.Multiple(() =>
        {
            Assert.That(between, Has.Some.EqualTo("two").And.Some.EqualTo("one"), "killed in the middle");
            Assert.That(resumed.ExitCode, Is.Zero, resumed.ToString());
            Assert.That(Lives(work), Is.All.EqualTo("two"));
            Assert.That(File.ReadAllLines(Path.Combine(Root(work, 1), ".wercker", "history")), Has.Length.EqualTo(2), "a host that has the release is passed over");
            Assert.That(Directory.GetDirectories(Path.Combine(Root(work, 30), "releases"), ".partial-*"), Is.Empty);
        });
    }

    [Test]
    public async Task Plan_AndValidate_KnowTheProvider()
    {
        using var work = new Workspace();
        work.Config("""{ "targets": { "live": { "provider": "ssh", "hosts": ["deploy@web1", "deploy@web2"], "path": "/srv/shop", "waves": ["1"] } } }""");
        var plan = await work.RunAsync("plan", "--target", "live");
        work.Config("""{ "targets": { "live": { "provider": "ssh", "hosts": ["web1"], "path": "srv" } } }""");
        var validate = await work.RunAsync("validate");

        Assert.That(plan.ExitCode, Is.Zero, plan.ToString());
        Assert.That(plan.Output, Does.Contain("upload the release to 2 hosts").And.Contain("in waves of 1, 1"));
        Assert.That(validate.ExitCode, Is.EqualTo(2), validate.ToString());
        Assert.That(validate.Error, Does.Contain("'srv' of web1 must be a full path"));
    }

    private static void Configure(Workspace work, SshServer server)
    {
        for (var i = 1; i <= Count; i++)
        {
            Directory.CreateDirectory(Root(work, i));
        }

        var hosts = Enumerable.Range(1, Count).Select(i => new { address = "127.0.0.1", port = server.Port, user = Environment.UserName, name = $"h{i}", path = Root(work, i) });
        var target = new
        {
            provider = "ssh",
            hosts,
            path = "/srv/shop",
            key = server.Key,
            knownHosts = server.KnownHosts,
            connectTimeout = "60s",
            waves = new[] { "20" },
            parallelism = 8,
            prepare = "if [ -e ../../wait ]; then : > ../../waits; while [ -e ../../wait ]; do sleep 0.2; done; fi",
        };
        work.Config(JsonSerializer.Serialize(new { targets = new { live = target } }));
    }

    private static string Root(Workspace work, int host) => work.Out($"h{host}");

    private static string[] Lives(Workspace work) => [.. Enumerable.Range(1, Count).Select(i => File.ReadAllText(Path.Combine(Root(work, i), "current", "index.html")))];
}

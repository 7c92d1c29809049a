using System.Collections.Concurrent;
using System.Text.Json;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The tool against real sshd, one for each of fifty hosts, from wercker.json alone.</summary>
public sealed class SshTests
{
    private const int SigKill = 9;
    private const int Count = 50;
    private static SshServer _server = null!;

    [OneTimeSetUp]
    public static async Task StartAsync() => _server = await SshServer.StartAsync(count: Count);

    [OneTimeTearDown]
    public static async Task EndAsync() => await _server.DisposeAsync();

    [Test]
    public async Task Deploy_KilledInTheMiddleOfAFleet_ResumesWithTheHostsThatAreLeft()
    {
        using var work = new Workspace();
        Configure(work, Count, "20");
        Write(work, "one");
        var first = await work.DeployAsync("--target", "live");
        Assert.That(first.ExitCode, Is.Zero, first.ToString());
        using var watcher = new ReleaseWatcher(work.Base);

        // The thirtieth host waits in the middle of its release until it is let go.
        Write(work, "two");
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
        var seen = await watcher.EndAsync();

        Assert.Multiple(() =>
        {
            Assert.That(between, Has.Some.EqualTo("two").And.Some.EqualTo("one"), "killed in the middle");
            Assert.That(resumed.ExitCode, Is.Zero, resumed.ToString());
            Assert.That(Lives(work), Is.All.EqualTo("two"));
            Assert.That(File.ReadAllLines(Path.Combine(Root(work, 1), ".wercker", "history")), Has.Length.EqualTo(2), "a host that has the release is passed over");
            Assert.That(Directory.GetDirectories(Path.Combine(Root(work, 30), "releases"), ".partial-*"), Is.Empty);
            Assert.That(seen, Does.Match("^rounds [1-9][0-9]*\n$"), "what the watcher saw besides whole releases");
        });
    }

    [Test]
    public async Task Deploy_FirstWaveAnswersWrongly_GoesBackBeforeTheOthersAreTouched()
    {
        using var work = new Workspace();
        var asked = new ConcurrentQueue<string>();
        await using var site = await ReleaseSite.StartAsync(Path.Combine(Root(work, 1), "current"), asked);
        foreach (var (state, goesWell) in new[] { ("good", true), ("ill", false), ("better", true) })
        {
            var test = new { url = $"{site.Url}health", version = new { header = "X-Version", @is = state }, expect = new { text = state == "better" ? "state: better" : "state: good" }, passes = 2, tries = 4, every = "50ms" };
            Configure(work, 3, "1", test);
            work.File("version", state).File("state", $"state: {state}");
            asked.Clear();
            var result = await work.DeployAsync("--target", "live");

            Assert.Multiple(() =>
            {
                Assert.That(result.ExitCode, Is.EqualTo(goesWell ? 0 : 1), result.ToString());
                Assert.That(Enumerable.Range(1, 3).Select(i => File.ReadAllText(Path.Combine(Root(work, i), "current", "state"))), Is.All.EqualTo(goesWell ? $"state: {state}" : "state: good"));
                Assert.That(asked, Is.Not.Empty, "the application of the first wave was really asked");
                Assert.That(result.ToString().Contains("wave 1 of 2 did not pass its tests", StringComparison.Ordinal), Is.Not.EqualTo(goesWell), result.ToString());
            });
        }

        var others = File.ReadAllLines(Path.Combine(Root(work, 2), ".wercker", "history"));
        Assert.That(others, Has.Length.EqualTo(2).And.None.Contains("rollback"), "the others never had the ill one");
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

    private static void Write(Workspace work, string text) => work.File("index.html", text).File("a.txt", text + "\n").File("z.txt", text + "\n");

    private static void Configure(Workspace work, int count, string wave, object? httpTest = null)
    {
        for (var i = 1; i <= count; i++)
        {
            Directory.CreateDirectory(Root(work, i));
        }

        var hosts = Enumerable.Range(1, count).Select(i => new { address = _server.Addresses[i - 1], port = _server.Port, user = Environment.UserName, name = $"h{i}", path = Root(work, i) });
        var target = new Dictionary<string, object>
        {
            ["provider"] = "ssh",
            ["hosts"] = hosts,
            ["path"] = "/srv/shop",
            ["key"] = _server.Key,
            ["knownHosts"] = _server.KnownHosts,
            ["connectTimeout"] = "60s",
            ["waves"] = new[] { wave },
            ["parallelism"] = 8,
            ["prepare"] = "if [ -e ../../wait ]; then : > ../../waits; while [ -e ../../wait ]; do sleep 0.2; done; fi",
        };
        if (httpTest is not null)
        {
            target["httpTest"] = httpTest;
            target["waveTests"] = new[] { "http" };
        }

        work.Config(JsonSerializer.Serialize(new { targets = new { live = target } }));
    }

    private static string Root(Workspace work, int host) => work.Out($"h{host}");

    private static string[] Lives(Workspace work) => [.. Enumerable.Range(1, Count).Select(i => File.ReadAllText(Path.Combine(Root(work, i), "current", "index.html")))];
}

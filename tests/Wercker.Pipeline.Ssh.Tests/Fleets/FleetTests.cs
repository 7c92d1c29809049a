using System.Globalization;
using System.Runtime.Versioning;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Fleets;

/// <summary>Hosts behind real servers: one for a few, and fifty for fifty.</summary>
[UnsupportedOSPlatform("windows")]
public class FleetTests
{
    [Test]
    [CancelAfter(300_000)]
    public async Task Deploy_FiftyHosts_FailingWaveGoesBackAndNobodyEverSeesHalfARelease(CancellationToken cancellationToken)
    {
        await using var fifty = await SshServer.StartAsync(count: 50);
        await using var servers = new Servers(50, fleet: fifty);
        var root = Path.GetDirectoryName(servers.Root())!;
        var tested = new List<string>();
        servers.Options = servers.Options with
        {
            Restart = $"echo \"$(cat a.txt) $(basename \"${{PWD%/current}}\")\" >> {root}/restarts",
            Check = "[ ! -e ../../ill ] || ! grep -q v2 a.txt",
            CheckTimeout = TimeSpan.FromSeconds(1),
            Fleet = new SshFleet
            {
                Waves = ["1", "10%"],
                WaveTests = wave => wave.AddStep("Look", (_, _) =>
                {
                    tested.Add(string.Join(' ', Enumerable.Range(0, 50).GroupBy(servers.Current).Select(group => $"{group.Key.Split('-')[0]}:{group.Count()}")));
                    return ValueTask.FromResult(StepResult.Succeeded());
                }),
            },
        };
        var target = servers.Target();
        var first = await DeployAsync(servers, target, "v1", cancellationToken);
        tested.Clear();

        using var watcher = new ReleaseWatcher(root);

        // The last wave meets a host that does not come up.
        servers.WriteOn(49, "ill", string.Empty);
        var failing = await DeployAsync(servers, target, "v2", cancellationToken);
        var restarts = await File.ReadAllLinesAsync(Path.Combine(root, "restarts"), cancellationToken);
        var after = Enumerable.Range(0, 50).Select(i => servers.Current(i).Split('-')[0]).ToArray();
        File.Delete(Path.Combine(servers.Root(49), "ill"));
        var third = await DeployAsync(servers, target, "v3", cancellationToken);
        var seen = await watcher.EndAsync();

        Assert.Multiple(() =>
        {
            Assert.That(first.Status, Is.EqualTo(DeployStatus.Succeeded), first.Summary);
            Assert.That(failing.Status, Is.EqualTo(DeployStatus.Failed), failing.Summary);
            Assert.That(failing.Restore, Is.EqualTo(RestoreStatus.Restored), failing.Summary);
            Assert.That(failing.Summary, Does.Contain("h50: the command \"check\" did not succeed within 1 seconds"));
            Assert.That(tested[..2], Is.EqualTo(new[] { "v2:1 v1:49", "v2:6 v1:44" }), "waves of 1 and 5, each tested before the next");
            Assert.That(after, Is.All.EqualTo("v1"));
            Assert.That(third.Status, Is.EqualTo(DeployStatus.Succeeded), third.Summary);
            Assert.That(third.Steps.Single(step => step.Name == "Push").Evidence.Single(one => one.Kind == "hosts").Title, Is.EqualTo("50 hosts: 50 released"));
            Assert.That(Enumerable.Range(0, 50).Select(i => servers.Current(i).Split('-')[0]), Is.All.EqualTo("v3"));
        });
        Assert.That(Backwards(restarts), Is.EqualTo(new[] { 3, 2, 1 }), "the waves went back in reverse");
        Assert.That(seen, Does.Match("^rounds [1-9][0-9]*\n$"), "what the watcher saw besides whole releases");
    }

    [Test]
    public async Task Deploy_SomeMayFail_GoesOnAndNamesThem()
    {
        await using var servers = new Servers(4);
        servers.Options = servers.Options with { Prepare = "[ ! -e ../../ill ]", Fleet = new SshFleet { MaxFailedHosts = 1 } };
        servers.WriteOn(1, "ill", string.Empty);
        var target = servers.Target();
        var one = await DeployAsync(servers, target, "v1", CancellationToken.None);
        servers.WriteOn(2, "ill", string.Empty);
        var two = await DeployAsync(servers, target, "v2", CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(one.Status, Is.EqualTo(DeployStatus.Succeeded), one.Summary);
            Assert.That(one.Warnings, Has.Some.Contains("1 of 4 hosts do not have release").And.Some.Contains("h2: "));
            Assert.That(two.Status, Is.EqualTo(DeployStatus.Failed), two.Summary);
            Assert.That(Enumerable.Range(0, 4).Select(i => servers.Current(i).Split('-')[0]), Is.EqualTo(new[] { "v1", string.Empty, "v1", "v1" }));
        });
    }

    [Test]
    public async Task Deploy_WaveThatDoesNotPassItsTest_GoesBackAndTheRestIsNotTouched()
    {
        await using var servers = new Servers(3);
        var isGood = true;
        servers.Options = servers.Options with
        {
            Fleet = new SshFleet
            {
                Waves = ["1"],
                WaveTests = wave => wave.AddStep("Look", (_, _) => ValueTask.FromResult(isGood ? StepResult.Succeeded() : StepResult.Inconclusive("nothing was seen"))),
            },
        };
        var target = servers.Target();
        await DeployAsync(servers, target, "v1", CancellationToken.None);
        isGood = false;
        var report = await DeployAsync(servers, target, "v2", CancellationToken.None);
        var hosts = report.Steps.Single(step => step.Name == "Push").Evidence.Single(one => one.Kind == "hosts");

        Assert.Multiple(() =>
        {
            Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed), report.Summary);
            Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
            Assert.That(report.Summary, Does.Contain("wave 1 of 2 did not pass its tests"));
            Assert.That(hosts.Title, Is.EqualTo("3 hosts: 2 not tried, 1 released"));
            Assert.That(Directory.GetDirectories(Path.Combine(servers.Root(2), "releases")), Has.Length.EqualTo(1));
            Assert.That(Enumerable.Range(0, 3).Select(i => servers.Current(i).Split('-')[0]), Is.All.EqualTo("v1"));
        });
    }

    /// <summary>The waves of the restarts with v1 after the last one with v2, in their order.</summary>
    private static int[] Backwards(string[] restarts)
    {
        var waves = restarts.Skip(Array.FindLastIndex(restarts, line => line.StartsWith("v2 ", StringComparison.Ordinal)) + 1)
            .Select(line => int.Parse(line.Split('h')[1], CultureInfo.InvariantCulture)).Select(host => host == 1 ? 1 : host <= 6 ? 2 : 3).ToArray();
        return [.. waves.Where((wave, i) => i == 0 || waves[i - 1] != wave)];
    }

    private static async Task<DeployReport> DeployAsync(Servers servers, SshTarget target, string revision, CancellationToken cancellationToken)
    {
        servers.Write("a.txt", revision + "\n");
        servers.Write("z.txt", revision + "\n");
        var pipeline = new DeployPipelineBuilder("fleet").UseTarget(target).AddWerckerFlow(flow => flow.WarmUp = TimeSpan.Zero).Build();
        return await pipeline.DeployAsync(servers.Request(revision), cancellationToken);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.Graphite.Tests.RealGraphite;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

/// <summary>Real applications, real node, real carbon, by the real clock.</summary>
[Parallelizable(ParallelScope.All)]
public class EmitterTests
{
    [TestCase("tcp")]
    [TestCase("pickle")]
    public async Task NodeApplication_PackagePreloaded_BeatsWithItsVersion(string protocol)
    {
        var key = $"node.{protocol}";
        var started = DateTimeOffset.UtcNow.AddSeconds(-2);
        using var app = NodeApp.Start($"{protocol}://127.0.0.1:{(protocol == "tcp" ? Server.LinePort : Server.PicklePort)}", key, "web.1", "a1b2c3d");

        await ServerProcess.UntilAsync("The beat is there", async () =>
            (await SeenAsync($"{key}.web_1.heartbeat", started)).Contains(1) && (await SeenAsync($"{key}.web_1.version.a1b2c3d", started)).Contains(1));
    }

    [Test]
    public async Task NodePackage_ItsOwnTests_Pass()
    {
        var (exitCode, output) = await NodeApp.RunAsync("--test");

        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    public async Task Deployment_ApplicationsBeatWithTheNewVersion_Succeeds()
    {
        using var provider = new ServiceCollection()
            .AddLogging()
            .AddWerckerHeartbeat(options =>
            {
                (options.Url, options.Key, options.Host, options.Version) = ($"127.0.0.1:{Server.LinePort}", "fleet", "dotnet", "a1b2c3d");
                options.Interval = TimeSpan.FromSeconds(1);
            })
            .BuildServiceProvider();
        var service = provider.GetServices<IHostedService>().Single();
        await service.StartAsync(CancellationToken.None);
        using var node = NodeApp.Start($"pickle://127.0.0.1:{Server.PicklePort}", "fleet", "node", "a1b2c3d", interval: 1);
        await ServerProcess.UntilAsync("Both beat", async () => (await Source().QueryAsync(new SourceQuery("fleet.*.version.a1b2c3d", DateTimeOffset.UtcNow.AddSeconds(-60), DateTimeOffset.UtcNow), CancellationToken.None)).Count == 2);

        var verdicts = await Task.WhenAll(DeployAsync("a1b2c3d"), DeployAsync("b2c3d4e"));
        await service.StopAsync(CancellationToken.None);

        Assert.That(verdicts[0].Status, Is.EqualTo(DeployStatus.Succeeded), verdicts[0].Summary);
        Assert.That(verdicts[1].Status, Is.EqualTo(DeployStatus.Inconclusive).Or.EqualTo(DeployStatus.Failed), "nobody beat with that version");
    }

    // Applications beat by themselves, so what a busy machine delays must be forgiven: twelve missed beats of a second, looked for once more.
    private static Task<DeployReport> DeployAsync(string revision) => new DeployPipelineBuilder("shop")
        .AddMetricsTest(test => test
            .Heartbeat(Source(), $"fleet.*.version.{revision}", every: TimeSpan.FromSeconds(1), missed: 12, hosts: 2, lag: TimeSpan.FromSeconds(15))
            .After(TimeSpan.FromSeconds(12)))
        .Build()
        .DeployAsync(new("shop", revision), CancellationToken.None);

    private static async Task<IReadOnlyList<double?>> SeenAsync(string name, DateTimeOffset from) =>
        [.. (await Source().QueryAsync(new SourceQuery(name, from, DateTimeOffset.UtcNow), CancellationToken.None)).SelectMany(one => one.Points).Select(point => point.Value)];
}

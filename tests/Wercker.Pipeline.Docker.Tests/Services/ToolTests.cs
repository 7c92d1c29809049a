using System.Diagnostics;
using System.Text.Json;
using Wercker.Pipeline.EndToEnd.Tests;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>The built tool, from wercker.json alone.</summary>
[CancelAfter(300_000)]
public sealed class ToolTests
{
    [Test]
    public async Task Deploy_HealthyThenSick_ExitsWithZeroAndOne(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        using var project = new ToolProject(new { provider = "docker", service = shop.Name, image = ShopImages.Name("2"), pull = "never", monitor = "1s", healthTimeout = "1m" });
        using var next = new ToolProject(new { provider = "docker", service = shop.Name, image = ShopImages.Name(ShopImages.Sick), pull = "never", monitor = "1s", healthTimeout = "1m" });

        var healthy = await project.RunAsync(cancellationToken, "deploy");
        var sick = await next.RunAsync(cancellationToken, "deploy");

        Assert.That(healthy.ExitCode, Is.Zero, healthy.Text);
        Assert.That(healthy.Text, Does.Contain("2 of 2 tasks run"));
        Assert.That(sick.ExitCode, Is.EqualTo(1), sick.Text);
        Assert.That(sick.Text, Does.Contain("the shop is sick").And.Contain("rolled back"));
        Assert.That(await shop.RunningAsync(), Is.All.EqualTo(await ShopImages.IdAsync("2")));
    }

    [Test]
    public async Task Deploy_ReleaseThatCannotComeBack_ExitsWithThree(CancellationToken cancellationToken)
    {
        // Swarm watches every update for longer than it may take, so nobody can prove that what ran before runs again.
        await using var shop = await SwarmShop.StartAsync();
        using var project = new ToolProject(new { provider = "docker", service = shop.Name, image = ShopImages.Name(ShopImages.Crashing), pull = "never", monitor = "3s", healthTimeout = "1s" });

        var result = await project.RunAsync(cancellationToken, "deploy");

        Assert.That(result.ExitCode, Is.EqualTo(3), result.Text);
    }

    [Test]
    public async Task Resume_KilledWhileSwarmUpdates_WaitsForTheSameUpdate(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        using var project = new ToolProject(new { provider = "docker", service = shop.Name, image = ShopImages.Name("2"), pull = "never", parallelism = 1, monitor = "2s" });
        using (var tool = project.Start("deploy"))
        {
            await SwarmShop.UntilAsync(async () => (await shop.InspectAsync()).UpdateStatus?.State == "updating");
            tool.Kill();
            await tool.WaitForExitAsync(cancellationToken);
        }

        var resumed = await project.RunAsync(cancellationToken, "resume");

        Assert.That(resumed.ExitCode, Is.Zero, resumed.Text);
        Assert.That(await shop.RunningAsync(), Is.All.EqualTo(await ShopImages.IdAsync("2")).And.Exactly(2).Items);
        Assert.That((await shop.InspectAsync()).Spec!.TaskTemplate!.ForceUpdate, Is.EqualTo(1), "that of the restart: it was not pushed again");
    }

    [Test]
    public async Task PlanAndValidate_KnowTheProvider(CancellationToken cancellationToken)
    {
        using var good = new ToolProject(new { provider = "docker", project = "shop", service = "web", image = "shop:{revision}" });
        using var bad = new ToolProject(new { provider = "docker", service = "web", image = "shop" });

        var plan = await good.RunAsync(cancellationToken, "plan");
        var validate = await bad.RunAsync(cancellationToken, "validate");

        Assert.That(plan.Text, Does.Contain("make the containers anew of service web of project shop"));
        Assert.That(validate.ExitCode, Is.EqualTo(2), validate.Text);
        Assert.That(validate.Text, Does.Contain("which has no tag"));
    }

    /// <summary>A directory with a wercker.json.</summary>
    private sealed class ToolProject : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wercker-docker-tool-");

        public ToolProject(object target) => File.WriteAllBytes(
            Path.Combine(_directory.FullName, "wercker.json"), JsonSerializer.SerializeToUtf8Bytes(new { targets = new Dictionary<string, object> { ["live"] = target } }));

        public Process Start(params string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet", [BuiltTool.Path, .. arguments]) { WorkingDirectory = _directory.FullName, RedirectStandardError = true, RedirectStandardOutput = true };
            start.Environment["WERCKER_POSTDEPLOY_WARMUP_SECONDS"] = "0";
            return Process.Start(start)!;
        }

        public async Task<(int ExitCode, string Text)> RunAsync(CancellationToken cancellationToken, params string[] arguments)
        {
            string[] warmUp = arguments[0] == "deploy" ? ["--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=0"] : [];
            using var tool = Start([.. arguments, .. warmUp]);
            var output = tool.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await tool.StandardError.ReadToEndAsync(cancellationToken);
            await tool.WaitForExitAsync(cancellationToken);
            return (tool.ExitCode, await output + error);
        }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}

using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

[Platform("Linux")]
public sealed class LimitTests
{
    [Test]
    public async Task RunAsync_MoreMemoryThanTheLimit_IsKilledAndSaid()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { DeploymentId = "test", Memory = 64 << 20 });

        var result = await run.RunAsync("perl -e '$x = q(x) x 200_000_000; print length $x'");

        Assert.That((result.End, result.Detail), Is.EqualTo((CommandEnd.LimitReached, "killed: memory limit 64 MB")));
        Assert.That(await run.ReadAsync("echo on"), Is.EqualTo("on\n"));
    }

    [Test]
    public async Task RunAsync_MoreProcessesThanTheLimit_IsSaid()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { DeploymentId = "test", Processes = 20 });

        var result = await run.RunAsync("for i in {1..40}; do sleep 300 & done; wait", seconds: 20);

        Assert.That((result.End, result.Detail), Is.EqualTo((CommandEnd.LimitReached, "refused: limit of 20 processes; bash and all background processes were ended with it")));
        Assert.That(await run.ReadAsync("echo on"), Is.EqualTo("on\n"));
    }

    [Test]
    public async Task RunAsync_HalfAProcessor_TakesTwiceAsLong()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { DeploymentId = "test", Processors = 0.25 });

        var result = await run.RunAsync("for ((i = 0; i < 200000; i++)); do :; done; times");

        // "0m0.400s 0m0.010s" of the shell itself
        var parts = run.Said.Split(' ', '\n')[0].Split('m', 's');
        var processor = TimeSpan.FromSeconds(double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(result.Duration, Is.GreaterThan(processor * 1.8));
    }
}

using Wercker.Pipeline.Bubblewrap.Namespaces;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

[Platform("Linux")]
public sealed class LimitTests
{
    [Test]
    public async Task RunAsync_MoreMemoryThanTheLimit_IsKilledAndSaid()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Memory = 64 << 20 });

        var result = await run.RunAsync("perl -e '$x = q(x) x 200_000_000; print length $x'");

        Assert.That((result.End, result.Detail), Is.EqualTo((CommandEnd.LimitReached, "killed: memory limit 64 MB")));
        Assert.That(await run.ReadAsync("echo on"), Is.EqualTo("on\n"));
    }

    [Test]
    public async Task RunAsync_MoreProcessesThanTheLimit_IsSaid()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Processes = 20 });

        var result = await run.RunAsync("for i in {1..40}; do sleep 300 & done; wait", seconds: 20);

        Assert.That(result.End, Is.EqualTo(CommandEnd.LimitReached));
        Assert.That(result.Detail, Does.StartWith("refused: limit of 20 processes"));
        Assert.That(await run.ReadAsync("echo on"), Is.EqualTo("on\n"));
    }

    [Test]
    public async Task RunAsync_HalfAProcessor_TakesTwiceAsLong()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Processors = 0.25 });

        var result = await run.RunAsync("for ((i = 0; i < 200000; i++)); do :; done; times");

        // "0m0.400s 0m0.010s" of the shell itself
        var parts = run.Said.Split(' ', '\n')[0].Split('m', 's');
        var processor = TimeSpan.FromSeconds(double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(result.Duration, Is.GreaterThan(processor * 1.8));
    }

    [Test]
    public async Task RunAsync_SandboxOlderThanItsLifetime_IsKilledAndSaid()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Lifetime = TimeSpan.FromSeconds(1) });

        var result = await run.RunAsync("sleep 300 & sleep 300");

        Assert.That((result.End, result.Detail), Is.EqualTo((CommandEnd.LimitReached, "killed: time limit 1000 ms; the sandbox may not run longer")));
    }

    [Test]
    public async Task TryMake_NoControlGroupsAllowed_LimitsEachProcessAndSaysSo()
    {
        var notices = new List<string>();

        var words = Launch.Before(null, new SandboxSpec { Memory = 64 << 20, Processes = 50, Processors = 1 }, notices).ToArray();

        Assert.That(words[1..], Is.EqualTo((string[])["--as=67108864", "--nproc=50", "--"]));
        Assert.That(notices, Has.Count.EqualTo(3).And.All.Contains("may not make control groups"));
        var (exitCode, error) = await RunAsync([.. words, "perl", "-e", "$x = q(x) x 200_000_000"]);
        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(error, Does.Contain("memory"));
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(string[] command)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}

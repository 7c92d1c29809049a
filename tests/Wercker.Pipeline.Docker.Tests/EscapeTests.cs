using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests;

/// <summary>What a hostile script may try, and does not get.</summary>
[CancelAfter(120_000)]
public sealed class EscapeTests
{
    [TestCase("/etc/passwd")]
    [TestCase("/bin/new")]
    [TestCase("/new")]
    [TestCase("/proc/sys/kernel/hostname")]
    [TestCase("/sys/kernel/uevent_helper")]
    public async Task RunAsync_WriteOutside_IsRefused(string path)
    {
        await using var box = await Box.OpenAsync();
        var (result, output) = await box.RunAsync($"echo owned >> {path}");
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(output, Does.Contain("Read-only file system").Or.Contain("Permission denied"));
    }

    [Test]
    public async Task RunAsync_ReadShadowOfTheHost_IsRefused()
    {
        await using var box = await Box.OpenAsync();
        var (result, output) = await box.RunAsync("cat /etc/shadow /proc/1/root/etc/shadow /host/etc/shadow");
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(output, Does.Contain("Permission denied").And.Not.Contain(":99999:"));
    }

    [Test]
    public async Task RunAsync_LookForProcessesOfTheHost_FindsNone()
    {
        using var process = Process.Start("sleep", "98765");
        await using var box = await Box.OpenAsync();
        var (_, output) = await box.RunAsync($"cat /proc/[0-9]*/cmdline | tr '\\0' ' '; kill -9 {process.Id.ToString(CultureInfo.InvariantCulture)}");
        Assert.That(output, Does.Contain("bash").And.Not.Contain("98765").And.Contain("No such process"));
        Assert.That(process.HasExited, Is.False);
        process.Kill();
        await process.WaitForExitAsync();
    }

    [Test]
    public async Task RunAsync_ReachTheDockerSocket_IsRefused()
    {
        await using var box = await Box.OpenAsync();
        var (_, output) = await box.RunAsync("for s in /var/run/docker.sock /run/docker.sock /proc/1/root/run/docker.sock; do [ -e $s ] && echo found; done; nc -w 2 172.17.0.1 2375 </dev/null && echo open; true");
        Assert.That(output, Does.Not.Contain("found").And.Not.Contain("open"));
    }

    [Test]
    public async Task RunAsync_ForkBomb_IsStoppedAndTheSessionGoesOn()
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { Processes = 64 });
        var (bomb, _) = await box.RunAsync("bomb() { bomb | bomb & }; bomb; sleep 30", TimeSpan.FromSeconds(3));
        var (after, output) = await box.RunAsync("ls /proc | grep -c '^[0-9]'");
        Assert.That(bomb.Succeeded, Is.False);
        Assert.That(after.Succeeded, Is.True, output);
        Assert.That(int.Parse(output, CultureInfo.InvariantCulture), Is.LessThan(8), "nothing of the bomb lives");
    }

    [TestCase("/tmp/full")]
    [TestCase("full")]
    public async Task RunAsync_FillTheDisk_IsRefused(string path)
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { Disk = 8 << 20 });
        var (result, output) = await box.RunAsync($"dd if=/dev/zero of={path} bs=1M count=64");
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(output, Does.Contain("No space left on device"));
    }

    [Test]
    public async Task RunAsync_TraceAProcessOfTheHost_IsRefused()
    {
        using var process = Process.Start("sleep", "98764");
        await using var box = await Box.OpenAsync();
        var (result, output) = await box.RunAsync($"strace -p {process.Id.ToString(CultureInfo.InvariantCulture)}; echo x > /proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/mem");
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(output, Does.Contain("No such process").Or.Contain("Operation not permitted"));
        process.Kill();
        await process.WaitForExitAsync();
    }

    [Test]
    public async Task RunAsync_SetuidProgram_GivesNoRights()
    {
        await using var box = await Box.OpenAsync();
        var (_, output) = await box.RunAsync("stat -c %a /bin/rootbash; /bin/rootbash -p -c 'echo user $EUID'");
        Assert.That(output, Is.EqualTo("4755\nuser 1000\n"));
    }

    [Test]
    public async Task RunAsync_RawNetworkWhenNone_IsRefused()
    {
        await using var box = await Box.OpenAsync(new SandboxSpec { Network = false });
        Assert.That((await box.RunAsync("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")).Output, Is.EqualTo("lo\n"));
        Assert.That((await box.RunAsync("ping -c 1 -w 1 172.17.0.1")).Output, Does.Contain("permission denied"));
        Assert.That((await box.RunAsync("nc -w 2 172.17.0.1 80 </dev/null")).Result.ExitCode, Is.Not.Zero);
    }

    [TestCase("mount -t tmpfs none /tmp")]
    [TestCase("unshare -r true")]
    [TestCase("mknod /tmp/disk b 8 0")]
    [TestCase("chroot / true")]
    [TestCase("hostname other")]
    public async Task RunAsync_WhatNeedsACapability_IsRefused(string command)
    {
        await using var box = await Box.OpenAsync();
        Assert.That((await box.RunAsync(command)).Result.ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task RunAsync_Always_HasNoCapabilitiesAndMayGainNone()
    {
        await using var box = await Box.OpenAsync();
        var (_, output) = await box.RunAsync("grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'; id -u");
        Assert.That(output, Is.EqualTo("CapEff:0000000000000000\nCapBnd:0000000000000000\nNoNewPrivs:1\nSeccomp:2\n1000\n"));
    }
}

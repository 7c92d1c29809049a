using System.Net;
using System.Net.Sockets;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

/// <summary>What a hostile script tries, and what becomes of it.</summary>
[Platform("Linux")]
public sealed class EscapeTests
{
    private const int Attach = 16;

    [Test]
    public async Task Run_WriteOutside_IsRefused()
    {
        await using var run = await SandboxRun.OpenAsync();

        foreach (var path in (string[])["/x", "/usr/x", "/etc/x", "/etc/passwd", "/bin/x", "/dev/x", "/run/x", "/run/wercker/x", "/var/x", "/home/x", "/build/x", "/root/x"])
        {
            await run.AssertRefusedAsync($"echo x > {path}");
        }

        Assert.That(await run.ReadAsync("echo mine > file; echo mine > /tmp/file; cat file /tmp/file"), Is.EqualTo("mine\nmine\n"));
    }

    [Test]
    public async Task Run_FilesOfTheMachine_AreNotThere()
    {
        var secret = Path.GetTempFileName();
        await using var run = await SandboxRun.OpenAsync();

        foreach (var path in (string[])["/etc/shadow", "/etc/gshadow", "/proc/1/root/etc/shadow", "/etc/ssh", "/etc/ssl/private", "/root", "/home/*", "/var/lib", "/boot", "/sys", "/mnt", secret])
        {
            await run.AssertRefusedAsync($"ls {path}");
        }

        Assert.That(await run.ReadAsync("ls -A / /tmp"), Is.EqualTo("/:\nbin\nbuild\ndev\netc\nlib\nlib32\nlib64\nlibx32\nproc\nrun\nsbin\ntmp\nusr\nvar\n\n/tmp:\nhome\n").Or.Not.Contains("root"));
        File.Delete(secret);
    }

    [Test]
    public async Task Run_ProcessesOfTheMachine_AreNotSeen()
    {
        await using var run = await SandboxRun.OpenAsync();

        var names = await run.ReadAsync("cat /proc/[0-9]*/comm");

        Assert.That(names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(), Is.SubsetOf((string[])["bwrap", "sh", "bash", "cat"]));
        await run.AssertRefusedAsync($"kill -0 {Environment.ProcessId}", "No such process");
    }

    [Test]
    public async Task Run_DockerSocket_IsNotReached()
    {
        var path = Path.Combine(Path.GetTempPath(), $"w{Guid.NewGuid():N}.sock");
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        engine.Bind(new UnixDomainSocketEndPoint(path));
        engine.Listen();
        await using var run = await SandboxRun.OpenAsync();

        foreach (var socket in (string[])["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", path])
        {
            await run.AssertRefusedAsync($"curl --silent --show-error --unix-socket {socket} http://engine/_ping", "");
            await run.AssertRefusedAsync($"test -e {socket}");
        }

        File.Delete(path);
    }

    [Test]
    public async Task Run_ForkBomb_StaysSmallAndEndsWithTheSandbox()
    {
        await using (var run = await SandboxRun.OpenAsync(new SandboxSpec { Processes = 60 }))
        {
            await run.RunAsync("bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 0.5 || exit 1", seconds: 5);
            Assert.That(Machine.ProcessesOf(run.Sandbox), Has.Count.LessThanOrEqualTo(61));
        }

        Assert.That(await Machine.LeftoversAsync(), Is.Empty);
    }

    [Test]
    public async Task Run_FillTheDisk_StopsAtTheLimit()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Disk = 8 << 20 });

        await run.AssertRefusedAsync("head -c 64M /dev/zero > big", "No space left");
        await run.AssertRefusedAsync("rm big; for i in {1..64}; do head -c 1M /dev/zero > part$i || exit 1; done", "No space left");
        await run.AssertRefusedAsync("head -c 64M /dev/zero > /tmp/big", "No space left");
        await run.AssertRefusedAsync("head -c 128M /dev/zero > /dev/shm/big", "No space left");
    }

    [Test]
    public async Task Run_Ptrace_FindsNobody()
    {
        await using var run = await SandboxRun.OpenAsync();
        var call = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? 101 : 117;

        await run.AssertRefusedAsync($"perl -e 'syscall({call}, {Attach}, {Environment.ProcessId}, 0, 0) == 0 or die $!'", "No such process");
        await run.AssertRefusedAsync($"cat /proc/{Environment.ProcessId}/environ", "No such file");
    }

    [Test]
    public async Task Run_SetUserId_GivesNothing()
    {
        await using var run = await SandboxRun.OpenAsync();

        Assert.That(await run.ReadAsync("grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs)' /proc/self/status"), Is.EqualTo(
            "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\n"));
        Assert.That(await run.ReadAsync("id -u; id -G; cp /usr/bin/id id; chmod 6755 id; ./id -u"), Does.Not.Match(@"(^|\n)0\n"));
        await run.AssertRefusedAsync("su -c id root");
        await run.AssertRefusedAsync("unshare --user --map-root-user id");
        await run.AssertRefusedAsync("mount -t tmpfs none /tmp");
        await run.AssertRefusedAsync("chroot /usr true");
        await run.AssertRefusedAsync("mknod device b 8 0");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Run_RawNetwork_IsRefused(bool sharesNetwork)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Network = sharesNetwork });

        await run.AssertRefusedAsync("perl -MSocket -e 'socket(my $s, AF_INET, SOCK_RAW, 1) or die $!'", "not permitted");
        await run.AssertRefusedAsync("perl -MSocket -e 'socket(my $s, 17, SOCK_RAW, 768) or die $!'", "not permitted");
        var connect = $"exec 5<>/dev/tcp/127.0.0.1/{((IPEndPoint)server.LocalEndpoint).Port}";
        if (sharesNetwork)
        {
            await run.ReadAsync($"({connect})");
        }
        else
        {
            await run.AssertRefusedAsync($"({connect})", "refused");
            Assert.That(await run.ReadAsync("sed -n 's/:.*//p' /proc/net/dev | tr -d ' '"), Is.EqualTo("lo\n"));
        }
    }
}

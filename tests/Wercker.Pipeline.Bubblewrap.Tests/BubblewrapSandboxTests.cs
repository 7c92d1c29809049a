using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Bubblewrap.Tests;

[Platform("Linux")]
[NonParallelizable]
public sealed class BubblewrapSandboxTests
{
    [Test]
    public async Task CreateAsync_TwoHundredCycles_LeaveNothing()
    {
        var provider = new BubblewrapSandboxProvider();
        for (var i = 0; i < 200; i++)
        {
            await using var sandbox = await provider.CreateAsync(new SandboxSpec { DeploymentId = $"cycle-{i}", Processes = 100, Memory = 1L << 30 }, CancellationToken.None);
            await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
            var result = await shell.RunAsync(new ShellCommand("(setsid sleep 300 &); echo x > file"), new Discard(), CancellationToken.None);
            Assert.That(result.Succeeded, Is.True);
        }

        Assert.That(await Machine.LeftoversAsync(), Is.Empty);
    }

    [Test]
    public async Task OpenShellAsync_Secret_IsInNoArgumentAndInNoProcessOutside()
    {
        var token = Guid.NewGuid().ToString("N");
        var spec = new SandboxSpec { Environment = new DeployEnvironment().SetSecret("TOKEN", new Secret(token)) };
        await using var run = await SandboxRun.OpenAsync(spec);

        Assert.That(await run.ReadAsync("echo $TOKEN"), Is.EqualTo(token + "\n"));
        Assert.That(await run.ReadAsync("cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), Does.Contain("bwrap").And.Not.Contain(token));
        Assert.That(Machine.ProcessesWith(token), Is.Not.Empty.And.SubsetOf(Machine.ProcessesOf(run.Sandbox)));
    }

    [Test]
    public async Task CreateAsync_AsTheDocumentationDoes_KeepsTheSecretInAFileOfItsOwn()
    {
        var (token, cancellationToken) = (new Secret(Guid.NewGuid().ToString("N")), CancellationToken.None);

        // <bubblewrap>
        var sandboxes = new BubblewrapSandboxProvider();
        await using ISandbox sandbox = await sandboxes.CreateAsync(
            new SandboxSpec
            {
                DeploymentId = "shop-42",
                Source = Source.Directory("."),
                Environment = new DeployEnvironment().SetSecret("TOKEN", token),
                Memory = 512 << 20,
                Processes = 200,
                Disk = 256 << 20,
                Network = false,
            },
            cancellationToken);
        // </bubblewrap>
        await using var run = await SandboxRun.OpenAsync(sandbox);

        Assert.That(
            await run.ReadAsync("(umask 077; echo \"$TOKEN\" > /dev/shm/token); cat /dev/shm/token; stat -c %a /dev/shm/token; stat -f -c %T /dev/shm; pwd"),
            Is.EqualTo($"{token.Reveal()}\n600\ntmpfs\n/build/shop-42\n"));
    }

    [Test]
    public async Task OpenShellAsync_VariableForTheLoader_IsNotObeyedOutside()
    {
        var spec = new SandboxSpec { Environment = new DeployEnvironment().Set("LD_PRELOAD", "/build/no-such-library.so").Set("OPTIND", "x").Set("IFS", "o").Set("ENV", "/etc/passwd") };
        await using var run = await SandboxRun.OpenAsync(spec);

        await run.RunAsync("echo $LD_PRELOAD");

        Assert.That(run.Said, Does.Contain("/build/no-such-library.so"));
    }

    [Test]
    public async Task OpenShellAsync_Environment_IsOursAndNothingElse()
    {
        await using var run = await SandboxRun.OpenAsync();

        var names = (await run.ReadAsync("env")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);

        Assert.That(names, Is.SubsetOf((string[])["PATH", "HOME", "USER", "SHELL", "LANG", "TMPDIR", "WERCKER_ROOT", "WERCKER_SOURCE_DIR", "WERCKER_SANDBOX_ID", "PWD", "OLDPWD", "SHLVL", "_"]));
        Assert.That(await run.ReadAsync("echo $WERCKER_ROOT $HOME; whoami; cd; pwd; /bin/ls /proc/self/fd"), Is.EqualTo("/build/test /tmp/home\ndeploy\n/tmp/home\n0\n1\n2\n3\n"));
    }

    [Test]
    public async Task RunAsync_BackgroundProcess_OutlivesTheBashThatStartedIt()
    {
        await using var run = await SandboxRun.OpenAsync();

        await run.RunAsync("sleep 300 & echo $! > pid; echo kept > /tmp/kept; exit 3");

        Assert.That(await run.ReadAsync("kill -0 $(cat pid) && cat /tmp/kept"), Is.EqualTo("kept\n"));
    }

    [Test]
    public async Task RunAsync_AfterTheScriptKilledEverything_GoesOnInANewSandboxWithTheFiles()
    {
        await using var run = await SandboxRun.OpenAsync();

        var result = await run.RunAsync("echo kept > file; kill -9 -1; sleep 300");

        Assert.That(result.ExitCode, Is.EqualTo(137));
        Assert.That(await run.ReadAsync("cat file"), Is.EqualTo("kept\n"));
    }

    [Test]
    public async Task RunAsync_TimeoutWithAStoppedSupervisor_StillKills()
    {
        await using var run = await SandboxRun.OpenAsync();

        var result = await run.RunAsync("kill -STOP 2; sleep 300", seconds: 0.3);

        Assert.That(result.End, Is.EqualTo(CommandEnd.TimedOut));
        Assert.That(await run.ReadAsync("echo on"), Is.EqualTo("on\n"));
    }

    [Test]
    public async Task CancelAsync_TwoShells_KillsOnlyItsOwn()
    {
        await using var run = await SandboxRun.OpenAsync();
        await using var other = await run.Sandbox.OpenShellAsync(CancellationToken.None);
        await other.RunAsync(new ShellCommand("sleep 300 & echo $! > /tmp/pid; export KEPT=1"), new Discard(), CancellationToken.None);

        var result = await run.RunAsync("sleep 300", seconds: 0.3);

        Assert.That(result.End, Is.EqualTo(CommandEnd.TimedOut));
        var alive = await other.RunAsync(new ShellCommand("kill -0 $(cat /tmp/pid) && test $KEPT = 1"), new Discard(), CancellationToken.None);
        Assert.That(alive.Succeeded, Is.True);
    }

    [Test]
    public async Task RunAsync_ThreadPoolShrinks_SandboxLives()
    {
        // The trap: bwrap dies with the thread that started it, and the pool ends its threads after some 20 seconds without work.
        await using var run = await SandboxRun.OpenAsync();
        var starter = new Thread(() => run.RunAsync("true").GetAwaiter().GetResult());
        starter.Start();
        starter.Join();

        Assert.That(await run.ReadAsync("sleep 25; echo alive"), Is.EqualTo("alive\n"));
    }

    [Test]
    public async Task OpenShellAsync_Mounts_AreSeenAsAskedFor()
    {
        var outside = Directory.CreateTempSubdirectory("wercker-test-").FullName;
        Machine.SetMode(outside, "777");
        File.WriteAllText(Path.Combine(outside, "file"), "of the machine");
        await using (var run = await SandboxRun.OpenAsync(new SandboxSpec { Mounts = [(outside, "/data", false), (outside, "/cache", true)] }))
        {
            Assert.That(await run.ReadAsync("cat /data/file"), Is.EqualTo("of the machine"));
            await run.AssertRefusedAsync("echo x > /data/new", "Read-only");
            await run.ReadAsync("echo x > /cache/new");
        }

        Assert.That(File.ReadAllText(Path.Combine(outside, "new")), Is.EqualTo("x\n"));
        Directory.Delete(outside, recursive: true);
    }

    [TestCase(null, "deploy")]
    [TestCase("builder", "builder")]
    [TestCase("root", "root 0 0")]
    [TestCase("1234:99", "deploy 1234 99")]
    public async Task OpenShellAsync_User_IsWhoWasAskedForWithoutItsRights(string? user, string expected)
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { User = user });

        Assert.That(await run.ReadAsync("echo $(id -un) $(id -u) $(id -g)"), Does.StartWith(expected));
        Assert.That(await run.ReadAsync("grep CapEff /proc/self/status; touch file"), Is.EqualTo("CapEff:\t0000000000000000\n"));
        await run.AssertRefusedAsync("cat /etc/shadow");
        await run.AssertRefusedAsync("echo x > /usr/x");
    }

    [Test]
    public async Task CreateAsync_WishesOfAnImage_AreSaidToBeUnmet()
    {
        await using var run = await SandboxRun.OpenAsync(new SandboxSpec { Image = "ruby:3", WritableSystem = true });

        Assert.That(run.Sandbox.Notices, Has.Count.EqualTo(2).And.Some.Contains("ruby:3").And.All.Contains("bubblewrap sandbox"));
        Assert.That(async () => await new BubblewrapSandboxProvider().CreateAsync(new SandboxSpec { User = "a b" }, CancellationToken.None), Throws.TypeOf<SandboxException>().With.Message.Contains("'a b'"));
    }

    [Test]
    public void FindObstacle_NoBubblewrap_SaysWhatToInstall()
    {
        var provider = new BubblewrapSandboxProvider { Program = "/no/such/bwrap" };

        Assert.That(provider.FindObstacle(new SandboxSpec()), Does.Contain("apt-get install bubblewrap"));
        Assert.That(async () => await provider.CreateAsync(new SandboxSpec(), CancellationToken.None), Throws.TypeOf<SandboxException>().With.Message.Contains("apt-get install bubblewrap"));
    }

    [Test]
    public void FindObstacle_NamespacesForbidden_SaysWhatToAllow()
    {
        // Inside of a sandbox of its own bwrap may make no further namespaces.
        var directory = Directory.CreateTempSubdirectory("wercker-test-").FullName;
        var program = Path.Combine(directory, "bwrap");
        File.WriteAllText(program, "#!/bin/sh\nexec bwrap --unshare-user --disable-userns --bind / / --dev /dev bwrap \"$@\"\n");
        foreach (var path in (string[])[directory, program])
        {
            Machine.SetMode(path, "755");
        }

        Assert.That(new BubblewrapSandboxProvider { Program = program }.FindObstacle(new SandboxSpec()), Does.Contain("does not let ordinary users make namespaces").And.Contain("user.max_user_namespaces"));
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public void FindObstacle_ClosedWorkDirectory_SaysWhich()
    {
        var closed = Directory.CreateTempSubdirectory("wercker-test-").FullName;

        var obstacle = new BubblewrapSandboxProvider { ParentDirectory = Path.Combine(closed, "work") }.FindObstacle(new SandboxSpec());

        Assert.That(obstacle, Environment.UserName == "root" ? Does.Contain($"{closed} is closed to others") : Is.Null);
        Directory.Delete(closed, recursive: true);
    }

    [Test]
    public async Task CreateAsync_Source_IsTheCommandsOwnAlsoUnderADiskLimit()
    {
        var source = Directory.CreateTempSubdirectory("wercker-test-").FullName;
        Directory.CreateDirectory(Path.Combine(source, "app"));
        File.WriteAllText(Path.Combine(source, "app/run"), "#!/bin/bash\necho ran\n");
        Machine.SetMode(Path.Combine(source, "app/run"), "700");
        var spec = new SandboxSpec { DeploymentId = "shop-42", Source = Source.Directory(source), Root = "app" };
        foreach (var disk in (long?[])[null, 1 << 20])
        {
            await using var run = await SandboxRun.OpenAsync(spec with { Disk = disk });
            Assert.That(await run.ReadAsync("pwd; ./run; echo x >> run; stat -c '%a %U' run"), Is.EqualTo("/build/shop-42/app\nran\n700 deploy\n"));
        }

        File.WriteAllBytes(Path.Combine(source, "large"), new byte[2 << 20]);
        var provider = new BubblewrapSandboxProvider();
        Assert.That(async () => await provider.CreateAsync(spec with { Disk = 1 << 20 }, CancellationToken.None), Throws.TypeOf<SandboxException>().With.Message.Contains("larger than the disk limit"));
        Directory.Delete(source, recursive: true);
    }

    [Test]
    public async Task CopyOutAsync_LinkToTheMachine_IsCopiedAsALink()
    {
        await using var run = await SandboxRun.OpenAsync();
        var outside = Directory.CreateTempSubdirectory("wercker-test-").FullName;
        await run.ReadAsync("ln -s /etc/shadow shadow; ln -s / root; mkdir made; echo x > made/made; ln made/made made/twin");

        await run.Sandbox.CopyOutAsync("shadow", Path.Combine(outside, "shadow"), CancellationToken.None);
        await run.Sandbox.CopyOutAsync("made", Path.Combine(outside, "made"), CancellationToken.None);

        Assert.That(new FileInfo(Path.Combine(outside, "shadow")).LinkTarget, Is.EqualTo("/etc/shadow"));
        Assert.That(File.ReadAllText(Path.Combine(outside, "made/made")) + File.ReadAllText(Path.Combine(outside, "made/twin")), Is.EqualTo("x\nx\n"));
        Assert.That(async () => await run.Sandbox.CopyOutAsync("root/etc/shadow", Path.Combine(outside, "stolen"), CancellationToken.None), Throws.TypeOf<SandboxException>().With.Message.Contains("No such file"));
        Assert.That(async () => await run.Sandbox.CopyInAsync(Path.Combine(outside, "made"), "root/etc/made", CancellationToken.None), Throws.TypeOf<SandboxException>().With.Message.Contains("Read-only"));
        Assert.That(Directory.Exists("/etc/made"), Is.False);
        Directory.Delete(outside, recursive: true);
    }

    private sealed class Discard : IOutputWriter
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}

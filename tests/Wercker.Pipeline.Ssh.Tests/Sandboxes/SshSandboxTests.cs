using System.Diagnostics;
using System.Globalization;
using System.Text;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Sandboxes;

/// <summary>What the contract does not say: lost connections, killed holders, secrets, and a host that is not fit for it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public class SshSandboxTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task RunAsync_WriterThatTakesNothing_HoldsTheCommandUp([Values] SshClientKind client, CancellationToken cancellationToken)
    {
        await using var provider = Provider(client);
        await using var sandbox = await provider.CreateAsync(new SandboxSpec(), cancellationToken);
        await using var shell = await sandbox.OpenShellAsync(cancellationToken);
        var writer = new HeldWriter();
        var running = shell.RunAsync(new ShellCommand("echo $BASHPID > pid; dd if=/dev/zero bs=64k count=2000 status=none & echo $! > dd; wait"), writer, cancellationToken).AsTask();
        await writer.Held;
        long before = -1, written = 0;
        await ServerProcess.UntilAsync("The command is not held up", async () =>
        {
            // Without a limit it would have written all of it in the time between two looks, and be gone.
            await Task.Delay(500, cancellationToken);
            (before, written) = (written, WrittenBy(Path.Combine(sandbox.Root, "dd")));
            return written > 0 && written == before;
        });
        writer.Release();
        var result = await running;

        Assert.That(written, Is.LessThan(32 << 20), "bytes under way");
        Assert.That((result.ExitCode, writer.Count), Is.EqualTo((0, 2000L << 16)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task RunAsync_ConnectionOfTheSessionCut_SaysSoAndTheNextCommandHasTheFiles([Values] SshClientKind client, CancellationToken cancellationToken)
    {
        await using var provider = Provider(client);
        await using var sandbox = await provider.CreateAsync(new SandboxSpec(), cancellationToken);
        await using var shell = await sandbox.OpenShellAsync(cancellationToken);
        var cut = await shell.RunAsync(new ShellCommand("echo kept > file; sleep 300 & echo $! > sleeper; " + CutOwnConnection + "; sleep 300"), new TextWriter(), cancellationToken);
        var sleeper = await File.ReadAllTextAsync(Path.Combine(sandbox.Root, "sleeper"), cancellationToken);
        var output = new TextWriter();
        var next = await shell.RunAsync(new ShellCommand("cat file"), output, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That((cut.End, cut.Succeeded), Is.EqualTo((CommandEnd.LimitReached, false)), cut.ToString());
            Assert.That(cut.Detail, Does.Contain("the connection to box was lost"));
            Assert.That((next.ExitCode, output.Text), Is.EqualTo((0, "kept\n")));
            Assert.That(IsRunning(sleeper.Trim()), Is.False, "what ran in the lost session is ended before the next");
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task RunAsync_AllConnectionsCut_TheHostEndsAndRemovesEverything(CancellationToken cancellationToken)
    {
        await using var provider = Provider(SshClientKind.BuiltIn);
        await using var sandbox = await provider.CreateAsync(new SandboxSpec(), cancellationToken);
        await using var shell = await sandbox.OpenShellAsync(cancellationToken);
        var sleepers = new TextWriter();
        await shell.RunAsync(new ShellCommand("sleep 300 & echo $!; setsid sleep 300 & echo $!"), sleepers, cancellationToken);
        Kill(ParentOf(HolderOf(sandbox)), "KILL");
        await UntilGoneAsync(sandbox, sleepers.Text);

        var next = await Assert.ThrowsAsync<SandboxException>(async () => await shell.RunAsync(new ShellCommand("true"), new TextWriter(), cancellationToken));
        Assert.That(next!.Message, Does.Contain("the connection of the sandbox was lost"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Hold_NoSignOfLife_TheHostEndsAndRemovesEverything(CancellationToken cancellationToken)
    {
        await using var provider = Provider(SshClientKind.BuiltIn, login => login with { KeepAlive = TimeSpan.FromSeconds(0.25) });
        var sandbox = await provider.CreateAsync(new SandboxSpec(), cancellationToken);
        await using var shell = await sandbox.OpenShellAsync(cancellationToken);
        var sleepers = new TextWriter();
        await shell.RunAsync(new ShellCommand("sleep 300 & echo $!"), sleepers, cancellationToken);
        var connection = ParentOf(HolderOf(sandbox));

        // As when this machine loses its power: nobody tells the host, and the connection stays open.
        Kill(connection, "STOP");
        await UntilGoneAsync(sandbox, sleepers.Text);
        Kill(connection, "CONT");
        await sandbox.DisposeAsync();
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task CreateAsync_AfterAHolderWasKilled_RemovesWhatItLeft(CancellationToken cancellationToken)
    {
        var said = new List<string>();
        var parent = Directory.CreateTempSubdirectory("wercker-parent-").FullName;
        var login = Servers.LoginOf(SshClientKind.BuiltIn);
        await using var provider = new SshSandboxProvider(Box, login) { ParentDirectory = parent, Progress = said.Add };
        var first = await provider.CreateAsync(new SandboxSpec { DeploymentId = "first" }, cancellationToken);
        await using var living = await provider.CreateAsync(new SandboxSpec { DeploymentId = "living" }, cancellationToken);
        await using var shell = await first.OpenShellAsync(cancellationToken);
        var sleepers = new TextWriter();
        var environment = new DeployEnvironment().SetSecret("KEY", new Secret("s3cr3t-content"));
        await shell.RunAsync(new ShellCommand("(trap '' HUP TERM; sleep 300) & echo $!; mkdir locked; touch locked/file; chmod 0 locked"), sleepers, cancellationToken);
        Kill(HolderOf(first), "KILL");
        await ServerProcess.UntilAsync("The end of the holder is not noticed", () => Task.FromResult(!Directory.Exists($"/proc/{HolderOf(first)}") || HolderOf(first) == 0));
        Assert.That(Directory.Exists(first.Root), "it is left for the next one");
        await using (var next = await provider.CreateAsync(new SandboxSpec { Environment = environment }, cancellationToken))
        {
            Assert.That(Directory.Exists(Path.GetDirectoryName(first.Root)), Is.False);
            Assert.That(Directory.Exists(Path.GetDirectoryName(living.Root)), "what others use is left alone");
            Assert.That(said.Single(), Does.StartWith("box: the sandbox ").And.Contain("-first-").And.EndsWith("of a process that was killed is removed"));
            await UntilGoneAsync(first, sleepers.Text);
        }

        await Assert.ThrowsAsync<SandboxException>(async () => await first.OpenShellAsync(cancellationToken).AsTask().Result.RunAsync(new ShellCommand("true"), new TextWriter(), cancellationToken));
        await first.DisposeAsync();
        await living.DisposeAsync();
        Directory.Delete(parent);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task RunAsync_Secrets_StandInNoArgumentAndLeaveNoFile([Values] SshClientKind client, CancellationToken cancellationToken)
    {
        var secret = Guid.NewGuid().ToString("N");
        await using var provider = Provider(client);
        var spec = new SandboxSpec { Environment = new DeployEnvironment().SetSecret("TOKEN", new Secret(secret)).SetSecret("KEY", new Secret(secret + "-file")), SecretFiles = ["KEY"] };
        var place = new TextWriter();
        await using (var sandbox = await provider.CreateAsync(spec, cancellationToken))
        {
            await using var shell = await sandbox.OpenShellAsync(cancellationToken);
            var seen = new TextWriter();
            await shell.RunAsync(new ShellCommand("cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' | grep -c \"${TOKEN:0:31}[${TOKEN:31}]\"; printf %s \"$KEY\" >&2"), new TextWriter(seen, place), cancellationToken);
            Assert.That(seen.Text, Is.EqualTo("0\n"));
            Assert.That(await File.ReadAllTextAsync(place.Text, cancellationToken), Is.EqualTo(secret + "-file"));
        }

        Assert.That(Directory.Exists(Path.GetDirectoryName(place.Text)), Is.False, place.Text);
    }

    [Test]
    public async Task CreateAsync_WithASource_StartsInItAndSaysWhatItCannotGive()
    {
        var directory = Directory.CreateTempSubdirectory("wercker-source-");
        Directory.CreateDirectory(Path.Combine(directory.FullName, "app"));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "app", "hello"), "there");
        await using var provider = Provider(SshClientKind.BuiltIn);
        var spec = new SandboxSpec { Source = Source.Directory(directory.FullName), Root = "app", Memory = 1 << 30, Packages = ["bash", "no-such-package"] };
        await using var sandbox = await provider.CreateAsync(spec, CancellationToken.None);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        var output = new TextWriter();
        await shell.RunAsync(new ShellCommand("cat hello"), output, CancellationToken.None);
        directory.Delete(recursive: true);

        Assert.That(output.Text, Is.EqualTo("there"));
        Assert.That(provider.FindObstacle(spec with { Source = null }), Is.Null);
        Assert.That(sandbox.Notices, Has.Some.Contains("Not kept by the SSH sandbox, which confines nothing: memory.").And.Some.Contains("not installed on box, and the SSH sandbox installs none: no-such-package"));
    }

    [Test]
    public async Task FindObstacle_HostAwayOrWithoutRights_SaysWhatToDo()
    {
        await using var away = new SshSandboxProvider(Box with { Port = ServerProcess.FreePort() }, Servers.LoginOf(SshClientKind.BuiltIn));
        Assert.That(away.FindObstacle(new SandboxSpec()), Does.Contain("cannot be reached at 127.0.0.1"));
        if (!SshServer.IsRoot)
        {
            Assert.Ignore("Only root can give the server a user without rights.");
        }

        await using var plain = new SshSandboxProvider(Box, Servers.LoginOf(SshClientKind.BuiltIn) with { User = SshServer.Plain }) { ParentDirectory = "/root/sandboxes" };
        Assert.That(plain.FindObstacle(new SandboxSpec()), Does.Contain("wercker-plain may not write to /"));
    }

    private const string CutOwnConnection = "p=$PPID; while [ \"$(cat /proc/$p/comm)\" != sshd ]; do p=$(awk '{ print $4 }' /proc/$p/stat); done; kill -9 $p";

    private static SshHost Box => new("127.0.0.1") { Name = "box", Port = Lab.Server.Port };

    private static SshSandboxProvider Provider(SshClientKind client, Func<SshLogin, SshLogin>? change = null) => new(Box, (change ?? (login => login))(Servers.LoginOf(client)));

    /// <summary>The process that holds a sandbox; 0 when there is none.</summary>
    private static int HolderOf(ISandbox sandbox)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(sandbox.Root))!;
        return Directory.EnumerateDirectories("/proc").Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .FirstOrDefault(id => id > 0 && Words(id) is ["bash", "-c", _, "wercker-sandbox", var held, ..] && held == name);
    }

    private static string[] Words(int id)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/cmdline")).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static int ParentOf(int process) => int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ')[2], CultureInfo.InvariantCulture);

    private static long WrittenBy(string file)
    {
        try
        {
            var line = File.ReadAllLines($"/proc/{File.ReadAllText(file).Trim()}/io").First(line => line.StartsWith("wchar:", StringComparison.Ordinal));
            return long.Parse(line[7..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Kill(int process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.That(kill.ExitCode, Is.Zero);
    }

    private static Task UntilGoneAsync(ISandbox sandbox, string processes) => ServerProcess.UntilAsync("Something is left on the host", () => Task.FromResult(
        !Directory.Exists(Path.GetDirectoryName(sandbox.Root)) && !processes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(process => Directory.Exists($"/proc/{process}"))));

    /// <summary>A process that has ended keeps its directory until somebody takes notice of its end: what starts with Z is no more than that.</summary>
    private static bool IsRunning(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Keeps what is written, each stream for itself when it is asked to.</summary>
    private sealed class TextWriter(TextWriter? output = null, TextWriter? error = null) : IOutputWriter
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            ((stream == OutputStream.Output ? output : error) ?? this)._text.Append(Encoding.UTF8.GetString(bytes.Span));
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Takes nothing until it is let go.</summary>
    private sealed class HeldWriter : IOutputWriter
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Held => _held.Task;

        public long Count { get; private set; }

        public void Release() => _released.SetResult();

        public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _held.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
            Count += bytes.Length;
        }
    }
}

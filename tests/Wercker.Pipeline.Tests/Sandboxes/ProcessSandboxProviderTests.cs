using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Sandboxes;

[Platform("Linux")]
[NonParallelizable]
public sealed class ProcessSandboxProviderTests
{
    private readonly TemporaryDirectory _directory = new();

    private ProcessSandboxProvider Provider => new() { ParentDirectory = Path.Combine(_directory.Path, "work"), KillGrace = TimeSpan.FromMilliseconds(500) };

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task CreateAsync_DirectoriesOfOthersBeside_AreLeftAlone()
    {
        var parent = Path.Combine(_directory.Path, "work");
        var push = Directory.CreateDirectory(Path.Combine(parent, $"wercker-heroku-push-{Guid.NewGuid():N}"));

        await using var sandbox = await Provider.CreateAsync(new SandboxSpec(), CancellationToken.None);

        Assert.That(Directory.Exists(push.FullName), Is.True, "It looks like one that a killed process left, and belongs to a push.");
    }

    [Test]
    public async Task CreateAsync_FiftyAtOnce_LeaveNoProcessNoDescriptorAndNoDirectory()
    {
        var token = Guid.NewGuid().ToString("N");

        // The first one opens what the runtime keeps for good.
        await UseAsync(token);
        var before = Descriptors();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => UseAsync(token))));

        Assert.That(Descriptors(), Is.EqualTo(before));
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_directory.Path, "work")), Is.Empty);
        Assert.That(ProcessesWith(token), Is.Empty);
        Assert.That(ZombiesOfOurs(), Is.Empty);
    }

    [Test]
    public async Task CreateAsync_TwoHundredCycles_LeaveNothing()
    {
        var token = Guid.NewGuid().ToString("N");
        var spec = new SandboxSpec { DeploymentId = token, Environment = new DeployEnvironment().Set("TEST_TOKEN", token) };
        await CycleAsync(spec);
        var before = Descriptors();
        for (var i = 0; i < 200; i++)
        {
            await CycleAsync(spec);
        }

        Assert.That(Descriptors(), Is.EqualTo(before));
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_directory.Path, "work")), Is.Empty);
        Assert.That(Directory.EnumerateFileSystemEntries("/dev/shm", $"*{token}*"), Is.Empty);
        Assert.That(ProcessesWith(token), Is.Empty);
        Assert.That(ZombiesOfOurs(), Is.Empty);
    }

    [Test]
    public async Task OpenShellAsync_Environment_IsTheAllowListAndNothingElse()
    {
        await using var sandbox = await Provider.CreateAsync(new SandboxSpec { Environment = [] }, CancellationToken.None);
        var names = (await RunAsync(sandbox, "env")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);
        string[] allowed = ["PATH", "HOME", "LANG", "TERM", "TMPDIR", "SHELL", "WERCKER_ROOT", "WERCKER_SOURCE_DIR", "WERCKER_SANDBOX_ID", "PWD", "OLDPWD", "SHLVL", "_"];
        Assert.That(names, Is.SubsetOf(allowed));
    }

    [Test]
    public async Task OpenShellAsync_Descriptors_AreTheThreeStandardOnes()
    {
        await using var sandbox = await Provider.CreateAsync(new SandboxSpec(), CancellationToken.None);

        // ls itself opens the directory as 3.
        Assert.That((await RunAsync(sandbox, "/bin/ls /proc/self/fd")).Output, Is.EqualTo("0\n1\n2\n3\n"));
    }

    [Test]
    public async Task CreateAsync_WithRoot_MakesTheSubDirectoryTheRoot()
    {
        _directory.Write("app/demo/file", "x");
        var spec = new SandboxSpec { Source = Source.Directory(Path.Combine(_directory.Path, "app")), Root = "demo/" };
        await using var sandbox = await Provider.CreateAsync(spec, CancellationToken.None);
        Assert.That(sandbox.Root, Does.EndWith("/build/demo"));
        Assert.That((await RunAsync(sandbox, "pwd; ls; echo $WERCKER_SOURCE_DIR")).Output, Is.EqualTo($"{sandbox.Root}\nfile\n{sandbox.Root}\n"));
        var work = new DirectoryInfo(Path.Combine(sandbox.Root, "../.."));
        Assert.That(work.UnixFileMode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Test]
    public async Task CreateAsync_SecretFile_LiesInMemoryAndGoesWithTheSandbox()
    {
        var spec = new SandboxSpec { Environment = new DeployEnvironment().SetSecret("KEY", new Secret("the words of the key")), SecretFiles = ["KEY"] };
        string path;
        await using (var sandbox = await Provider.CreateAsync(spec, CancellationToken.None))
        {
            path = (await RunAsync(sandbox, "printf %s \"$KEY\"; chmod 000 \"$KEY\"")).Output;
            Assert.That(path, Does.StartWith("/dev/shm/"));
            Assert.That(File.Exists(path), Is.True);
        }

        Assert.That(File.Exists(path) || Directory.Exists(Path.GetDirectoryName(path)), Is.False);
    }

    [Test]
    public void CreateAsync_SecretFileOfNoVariable_SaysWhich()
    {
        Assert.That(
            async () => await Provider.CreateAsync(new SandboxSpec { SecretFiles = ["MISSING"] }, CancellationToken.None),
            Throws.TypeOf<SandboxException>().With.Message.Contains("MISSING").And.Message.Contains("secretFiles"));
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Path, "wercker-sandbox-*", SearchOption.AllDirectories), Is.Empty);
    }

    [TestCase("nowhere", "no directory 'nowhere'")]
    [TestCase("../..", "leads out")]
    public void CreateAsync_WrongRoot_LeavesNothingBehind(string root, string expected)
    {
        Assert.That(async () => await Provider.CreateAsync(new SandboxSpec { Root = root }, CancellationToken.None), Throws.TypeOf<SandboxException>().With.Message.Contains(expected));
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Path, "wercker-sandbox-*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task CreateAsync_WishesOfAPlatform_AreSaidToBeUnmet()
    {
        var spec = new SandboxSpec { Image = "ruby:3", Language = "ruby", Version = "1.9", Packages = ["bash", "no-such-package-here"] };
        await using var sandbox = await Provider.CreateAsync(spec, CancellationToken.None);
        Assert.That(sandbox.Notices, Has.Count.EqualTo(3));
        Assert.That(sandbox.Notices[0], Does.Contain("ruby:3"));
        Assert.That(sandbox.Notices[1], Does.Contain("ruby 1.9"));
        Assert.That(sandbox.Notices[2], Does.Contain("no-such-package-here").And.Not.Contain("bash,"));
        await using var plain = await Provider.CreateAsync(new SandboxSpec { Language = "blank" }, CancellationToken.None);
        Assert.That(plain.Notices, Is.Empty);
    }

    [Test]
    public void FindObstacle_WorkDirectoryBelowAFile_SaysSo()
    {
        var file = _directory.Write("file", "x");
        var provider = new ProcessSandboxProvider { ParentDirectory = file + "/sandboxes" };
        Assert.That(provider.FindObstacle(new SandboxSpec()), Does.Contain("is a file"));
    }

    [Test]
    public async Task RunAsync_Tracing_ShowsTheUsersWordsOnly()
    {
        await using var sandbox = await Provider.CreateAsync(new SandboxSpec(), CancellationToken.None);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        await shell.RunAsync(new ShellCommand("set -x; (exit 3)"), new RecordingWriter(), CancellationToken.None);
        var writer = new RecordingWriter();
        await shell.RunAsync(new ShellCommand("echo $?"), writer, CancellationToken.None);
        Assert.That(writer.Output, Is.EqualTo("3\n"));
        Assert.That(writer.Error, Is.EqualTo("++ echo 3\n"));
    }

    [Test]
    public async Task RunAsync_UserTakesAnyDescriptors_StillAnswers()
    {
        await using var sandbox = await Provider.CreateAsync(new SandboxSpec(), CancellationToken.None);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        await shell.RunAsync(new ShellCommand("exec 9>nine 10>ten 11>eleven 12>&- 199>mine; echo x >&10"), new RecordingWriter(), CancellationToken.None);
        var writer = new RecordingWriter();
        var result = await shell.RunAsync(new ShellCommand("cat ten; echo still"), writer, CancellationToken.None);
        Assert.That(result.Succeeded, Is.True);
        Assert.That(writer.Output, Is.EqualTo("x\nstill\n"));
    }

    [Test]
    public async Task RunAsync_BackgroundProcessWritesBetweenCommands_NothingIsLost()
    {
        await using var sandbox = await Provider.CreateAsync(new SandboxSpec(), CancellationToken.None);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        var writer = new RecordingWriter();
        await shell.RunAsync(new ShellCommand("mkfifo go; (cat go >/dev/null; seq 1 5000; echo done > go) & echo first"), writer, CancellationToken.None);
        Assert.That(writer.Output, Is.EqualTo("first\n"));
        await shell.RunAsync(new ShellCommand("echo > go; cat go"), writer, CancellationToken.None);
        Assert.That(writer.Output, Is.EqualTo("first\n" + string.Concat(Enumerable.Range(1, 5000).Select(i => $"{i}\n")) + "done\n"));
    }

    [Test]
    public async Task RunAsync_ZeroTimeout_IsRefused()
    {
        await using var sandbox = await Provider.CreateAsync(new SandboxSpec(), CancellationToken.None);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        Assert.That(
            async () => await shell.RunAsync(new ShellCommand("true") { Timeout = TimeSpan.Zero }, new RecordingWriter(), CancellationToken.None),
            Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task RunAsync_TimeoutOfAnotherClock_GoesByThatClock(CancellationToken cancellationToken)
    {
        var clock = new FakeTimeProvider();
        var provider = new ProcessSandboxProvider { ParentDirectory = _directory.Path, TimeProvider = clock };
        await using var sandbox = await provider.CreateAsync(new SandboxSpec(), cancellationToken);
        await using var shell = await sandbox.OpenShellAsync(cancellationToken);
        var started = new TaskCompletionSource();
        var running = shell.RunAsync(new ShellCommand("echo; sleep 300") { NoOutputTimeout = TimeSpan.FromHours(9) }, new SignalingWriter(started), cancellationToken);
        await started.Task.WaitAsync(cancellationToken);
        clock.Advance(TimeSpan.FromMinutes(24));
        Assert.That(running.IsCompleted, Is.False);
        clock.Advance(TimeSpan.FromMinutes(2));
        var result = await running;
        Assert.That(result.End, Is.EqualTo(CommandEnd.TimedOut));
        Assert.That(result.Detail, Does.Contain("25 minutes"));
        Assert.That(result.ExitCode, Is.EqualTo(143));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task DisposeAsync_OrphanThatHidesCompletely_IsKilledByAdoption(CancellationToken cancellationToken)
    {
        var provider = new ProcessSandboxProvider { ParentDirectory = _directory.Path, AdoptOrphans = true };
        var before = SleepersFor("31536000");
        await using (var sandbox = await provider.CreateAsync(new SandboxSpec(), CancellationToken.None))
        {
            await RunAsync(sandbox, "(env -i setsid /bin/sleep 31536000 >/dev/null 2>&1 &)");
            while (SleepersFor("31536000").Count == before.Count)
            {
                await Task.Delay(5, cancellationToken);
            }
        }

        Assert.That(SleepersFor("31536000"), Has.Count.EqualTo(before.Count));
        Assert.That(ZombiesOfOurs(), Is.Empty);
    }

    /// <summary>What is open here, but files and libraries, which the runtime opens when it likes.</summary>
    private static string[] Descriptors()
    {
        var targets = Directory.EnumerateFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget ?? "").Where(target => !target.StartsWith('/') || target.Contains("/wercker-", StringComparison.Ordinal));
        return [.. targets.Order(StringComparer.Ordinal)];
    }

    private async Task UseAsync(string token)
    {
        var spec = new SandboxSpec { DeploymentId = "many/../1", Environment = new DeployEnvironment().Set("TEST_TOKEN", token) };
        await using var sandbox = await Provider.CreateAsync(spec, CancellationToken.None);
        Assert.That((await RunAsync(sandbox, "echo $$ > file; (setsid sleep 300 &) ; sleep 300 & exit 5")).Output, Is.Empty);
        Assert.That((await RunAsync(sandbox, "cat file; echo on")).Output, Does.EndWith("on\n"));
    }

    private async Task CycleAsync(SandboxSpec spec)
    {
        await using var sandbox = await Provider.CreateAsync(spec, CancellationToken.None);
        Assert.That((await RunAsync(sandbox, "(setsid sleep 300 &); echo x >file; cat file")).Output, Is.EqualTo("x\n"));
    }

    private static async Task<RecordingWriter> RunAsync(ISandbox sandbox, string text)
    {
        var writer = new RecordingWriter();
        var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        await shell.RunAsync(new ShellCommand(text), writer, CancellationToken.None);
        Assert.That(writer.Error, Is.Empty);
        return writer;
    }

    private static List<string> ProcessesWith(string token) =>
        [.. Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && Read(directory, "environ").Contains(token, StringComparison.Ordinal))];

    private static List<string> SleepersFor(string seconds) =>
        [.. Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && Read(directory, "cmdline") == $"/bin/sleep\0{seconds}\0")];

    private static List<string> ZombiesOfOurs() =>
        [.. Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && Read(directory, "stat").Contains($") Z {Environment.ProcessId} ", StringComparison.Ordinal))];

    private static string Read(string directory, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private sealed class SignalingWriter(TaskCompletionSource first) : IOutputWriter
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            first.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}

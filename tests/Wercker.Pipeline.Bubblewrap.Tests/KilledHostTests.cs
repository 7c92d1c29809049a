using System.Diagnostics;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

/// <summary>A real program with a running deployment is killed; the next one finds and removes what it left.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class KilledHostTests
{
    private readonly string _parent = Directory.CreateTempSubdirectory("wercker-test-").FullName;
    private readonly string _other = Directory.CreateTempSubdirectory("wercker-test-").FullName;

    [SetUp]
    public void LetIn() => Array.ForEach([_parent, _other], parent => Machine.SetMode(parent, "711"));

    [TearDown]
    public void RemoveDirectories() => Array.ForEach([_parent, _other], parent => Directory.Delete(parent, recursive: true));

    [TestCase("process")]
    [TestCase("bubblewrap")]
    [CancelAfter(60_000)]
    public async Task CreateAsync_AfterKillMinusNine_LeavesNothing(string kind, CancellationToken cancellationToken)
    {
        var left = await RunAndKillAsync(kind, cancellationToken);

        await (await ProviderOf(kind, _parent).CreateAsync(new SandboxSpec(), cancellationToken)).DisposeAsync();

        AssertNothingIsLeftOf(left);
    }

    [TestCase("process")]
    [TestCase("bubblewrap")]
    [CancelAfter(60_000)]
    public async Task CreateAsync_KilledRunUnderAnotherParent_LeavesNothing(string kind, CancellationToken cancellationToken)
    {
        var left = await RunAndKillAsync(kind, cancellationToken);

        await (await ProviderOf(kind, _other).CreateAsync(new SandboxSpec(), cancellationToken)).DisposeAsync();

        AssertNothingIsLeftOf(left);
    }

    [TestCase("process")]
    [TestCase("bubblewrap")]
    [CancelAfter(60_000)]
    public async Task CreateAsync_SomebodyElseRemovedTheWorkDirectoryOfAKilledRun_LeavesNothing(string kind, CancellationToken cancellationToken)
    {
        var left = await RunAndKillAsync(kind, cancellationToken);
        RemoveIfThere(left);

        await (await ProviderOf(kind, _other).CreateAsync(new SandboxSpec(), cancellationToken)).DisposeAsync();

        AssertNothingIsLeftOf(left);
    }

    [Test]
    public async Task CreateAsync_AnotherLivingSandbox_IsLeftAlone()
    {
        Directory.CreateDirectory(Path.Combine(_parent, "wercker-somebody-elses-directory"));
        await using var living = await ProviderOf("process", _parent).CreateAsync(new SandboxSpec(), CancellationToken.None);

        await (await ProviderOf("process", _parent).CreateAsync(new SandboxSpec(), CancellationToken.None)).DisposeAsync();
        await (await ProviderOf("process", _other).CreateAsync(new SandboxSpec(), CancellationToken.None)).DisposeAsync();

        Assert.That(Directory.Exists(living.Root) && Directory.Exists(Path.Combine(_parent, "wercker-somebody-elses-directory")), Is.True);
        Assert.That(Directory.Exists(InMemory(Path.GetDirectoryName(living.Root)!)), Is.True);
    }

    private static ISandboxProvider ProviderOf(string kind, string parent) =>
        kind == "process" ? new ProcessSandboxProvider { ParentDirectory = parent } : new BubblewrapSandboxProvider { ParentDirectory = parent };

    private static string InMemory(string directory) => Path.Combine("/dev/shm", Path.GetFileName(directory) + ".memory");

    private static void RemoveIfThere(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another program of this machine has cleared away already.
        }
    }

    /// <summary>Any program of this machine that makes a sandbox may be the one that clears away, and may still be about it.</summary>
    private static void AssertNothingIsLeftOf(string directory)
    {
        Assert.That(() => Directory.Exists(directory) || Directory.Exists(InMemory(directory)), Is.False.After(20_000, 20));
        Assert.That(() => Machine.ProcessesWith("86399"), Is.Empty.After(20_000, 20));
        Assert.That(() => Machine.ProcessesWith(directory), Is.Empty.After(20_000, 20));
        Assert.That(() => Machine.Groups(Path.GetFileName(directory)), Is.Empty.After(20_000, 20));
    }

    /// <summary>Returns the work directory that is left for somebody to clear away.</summary>
    private async Task<string> RunAndKillAsync(string kind, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(KilledHostTests).Assembly.Location, kind, _parent]) { RedirectStandardOutput = true };
        using var host = Process.Start(start)!;
        Assert.That(await host.StandardOutput.ReadLineAsync(cancellationToken), Is.EqualTo("running"));
        var left = Directory.GetDirectories(_parent).Single();
        Assert.That(Directory.Exists(InMemory(left)), Is.True, "this test sees what is left in memory");
        host.Kill();
        await host.WaitForExitAsync(cancellationToken);
        return left;
    }
}

using System.Diagnostics;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

/// <summary>A real program with a running deployment is killed; the next one finds and removes what it left.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class KilledHostTests
{
    [TestCase("process")]
    [TestCase("bubblewrap")]
    [CancelAfter(60_000)]
    public async Task CreateAsync_AfterKillMinusNine_LeavesNothing(string kind, CancellationToken cancellationToken)
    {
        var parent = Directory.CreateTempSubdirectory("wercker-test-").FullName;
        Machine.SetMode(parent, "711");
        ISandboxProvider provider = kind == "process" ? new ProcessSandboxProvider { ParentDirectory = parent } : new BubblewrapSandboxProvider { ParentDirectory = parent };
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(KilledHostTests).Assembly.Location, kind, parent]) { RedirectStandardOutput = true };
        using (var host = Process.Start(start)!)
        {
            Assert.That(await host.StandardOutput.ReadLineAsync(cancellationToken), Is.EqualTo("running"));
            host.Kill();
            await host.WaitForExitAsync(cancellationToken);
        }

        var left = Directory.GetDirectories(parent).Single();
        var inMemory = Path.Combine("/dev/shm", Path.GetFileName(left));
        Assert.That(Directory.Exists(inMemory), Is.True, "this test sees what is left in memory");
        await (await provider.CreateAsync(new SandboxSpec(), cancellationToken)).DisposeAsync();

        Assert.That(Directory.EnumerateFileSystemEntries(parent), Is.Empty);
        Assert.That(Directory.Exists(inMemory), Is.False);
        Assert.That(Machine.ProcessesWith("86399"), Is.Empty);
        Assert.That(Machine.ProcessesWith(left), Is.Empty);
        Assert.That(Machine.Groups(Path.GetFileName(left)), Is.Empty);
        Directory.Delete(parent);
    }

    [Test]
    public async Task CreateAsync_AnotherLivingSandbox_IsLeftAlone()
    {
        var parent = Directory.CreateTempSubdirectory("wercker-test-").FullName;
        Directory.CreateDirectory(Path.Combine(parent, "wercker-somebody-elses-directory"));
        await using var living = await new ProcessSandboxProvider { ParentDirectory = parent }.CreateAsync(new SandboxSpec(), CancellationToken.None);

        await (await new ProcessSandboxProvider { ParentDirectory = parent }.CreateAsync(new SandboxSpec(), CancellationToken.None)).DisposeAsync();

        Assert.That(Directory.Exists(living.Root) && Directory.Exists(Path.Combine(parent, "wercker-somebody-elses-directory")), Is.True);
    }
}

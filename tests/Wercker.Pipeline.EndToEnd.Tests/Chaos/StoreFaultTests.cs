using System.Globalization;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Deploys, kills and resumes while the store breaks, and looks at the world as after every kill. WERCKER_CHAOS_STORE_DEPLOYMENTS says how often.</summary>
public sealed class StoreFaultTests
{
    private const int DefaultDeployments = 3;

    private static int Deployments =>
        int.TryParse(Environment.GetEnvironmentVariable("WERCKER_CHAOS_STORE_DEPLOYMENTS"), CultureInfo.InvariantCulture, out var deployments) ? deployments : DefaultDeployments;

    [Test]
    public Task Deploy_PostgreSqlIsRestartedInTheMiddle_LeavesTheOldOrTheNewAndRunsNothingTwice() => RunAsync(RestartedServer.StartAsync);

    [Test]
    public Task Deploy_FileIsBusyInTheMiddle_LeavesTheOldOrTheNewAndRunsNothingTwice() => RunAsync(work => Task.FromResult<ChaosStore>(new BusyFile(work)));

    [Test]
    public Task Deploy_DiskIsFullOrReadOnlyInTheMiddle_LeavesTheOldOrTheNewAndRunsNothingTwice()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Only root can mount a file system.");
        }

        return RunAsync(SmallDisk.StartAsync);
    }

    private static Task RunAsync(Func<Workspace, Task<ChaosStore>> open) =>
        ChaosWorkers.RunAsync(() => CustomWorld.StartAsync(open), new ChaosTally(kills: 0, Deployments));
}

using System.Globalization;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Kills the tool at random instants, resumes, and looks at the world. WERCKER_CHAOS_KILLS says how often in all.</summary>
public sealed class ChaosTests
{
    private const int DefaultKills = 100;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("WERCKER_CHAOS_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : DefaultKills;

    [Test]
    public Task Deploy_CustomTargetKilledAtRandomInstants_LeavesTheOldOrTheNewAndRunsNothingTwice() =>
        ChaosWorkers.RunAsync(() => CustomWorld.StartAsync(work => Task.FromResult(new ChaosStore(work))), new ChaosTally((Kills + 1) / 2));

    [Test]
    public Task Deploy_HerokuKilledAtRandomInstants_LeavesTheOldOrTheNewAndRunsNothingTwice() =>
        ChaosWorkers.RunAsync(async () => await HerokuWorld.StartAsync(), new ChaosTally((Kills + 1) / 2));
}

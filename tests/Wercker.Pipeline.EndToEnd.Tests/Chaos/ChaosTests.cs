using System.Globalization;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Kills the tool at random instants, resumes, and looks at the world. WERCKER_CHAOS_KILLS says how often in all.</summary>
public sealed class ChaosTests
{
    private const int DefaultKills = 100;
    private const int Workers = 2;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("WERCKER_CHAOS_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : DefaultKills;

    [Test]
    public Task Deploy_CustomTargetKilledAtRandomInstants_LeavesTheOldOrTheNewAndRunsNothingTwice() =>
        RunAsync(() => Task.FromResult<ChaosWorld>(new CustomWorld()));

    [Test]
    public Task Deploy_HerokuKilledAtRandomInstants_LeavesTheOldOrTheNewAndRunsNothingTwice() =>
        RunAsync(async () => await HerokuWorld.StartAsync());

    private static async Task RunAsync(Func<Task<ChaosWorld>> start)
    {
        var seed = Environment.TickCount;
        var tally = new ChaosTally((Kills + 1) / 2);
        using var stop = new CancellationTokenSource();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            await using var world = await start();
            try
            {
                await new ChaosRun(world, tally, seed + worker).RunAsync(stop.Token);
            }
            catch (Exception)
            {
                await stop.CancelAsync();
                throw;
            }
        })));
        TestContext.Out.WriteLine(tally);
    }
}

using System.Globalization;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Deploys while a fifth of all requests to the API is spoiled. WERCKER_CHAOS_DEPLOYMENTS says how often.</summary>
public sealed class ApiFaultTests
{
    private const int DefaultDeployments = 4;
    private const int Workers = 2;
    private const double Rate = 0.2;

    private static int Deployments =>
        int.TryParse(Environment.GetEnvironmentVariable("WERCKER_CHAOS_DEPLOYMENTS"), CultureInfo.InvariantCulture, out var deployments) ? deployments : DefaultDeployments;

    [Test]
    public async Task Deploy_AFifthOfTheRequestsIsSpoiled_EndsWithARightVerdictAndLeavesNothingBehind()
    {
        var seed = Environment.TickCount;
        var tally = new ChaosTally(0);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => RunAsync((Deployments + Workers - 1) / Workers, seed + (1000 * worker), tally))));
        TestContext.Out.WriteLine(tally);
    }

    private static async Task RunAsync(int rounds, int seed, ChaosTally tally)
    {
        var world = await HerokuWorld.StartAsync();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                await world.NextAsync(new Random(seed + round));
                (world.Shop.Faults.SpoilSeed, world.Shop.Faults.SpoilHang) = (seed + round, TimeSpan.FromSeconds(0.5));
                world.Shop.Faults.SpoilRate = Rate;
                var result = await world.Work.RunAsync("deploy", "--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=0");
                world.Shop.Faults.SpoilRate = 0;
                var run = Workspace.Json(await world.Work.RunAsync("runs", "--json"))[0];
                var status = run.GetProperty("status").GetString()!;
                tally.Ended($"{status} with exit code {result.ExitCode}");
                if (result.ExitCode == 3)
                {
                    // It says that it could not put the app back: that is right, too, and the app is whatever it is.
                    Assert.That(run.GetProperty("restore").GetString(), Is.AnyOf("failed", "notPossible"), result.ToString());
                    await world.DisposeAsync();
                    world = await HerokuWorld.StartAsync();
                    continue;
                }

                Assert.That(result.ExitCode, Is.EqualTo(status == "succeeded" ? 0 : 1), result.ToString());
                try
                {
                    await world.VerifyAsync(run);
                }
                catch (AssertionException violation)
                {
                    throw new AssertionException($"seed {seed + round}: {violation.Message}\n{result}", violation);
                }
            }
        }
        finally
        {
            await world.DisposeAsync();
        }
    }
}

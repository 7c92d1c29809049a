namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Worlds that are disturbed side by side; the first violation ends all.</summary>
internal static class ChaosWorkers
{
    private const int Workers = 2;

    public static async Task RunAsync(Func<Task<ChaosWorld>> start, ChaosTally tally)
    {
        var seed = Environment.TickCount;
        using var stop = new CancellationTokenSource();
        try
        {
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
        }
        finally
        {
            TestContext.Out.WriteLine(tally);
        }
    }
}

using System.Diagnostics;
using Wercker.Pipeline.LocalHeroku;

namespace Wercker.Pipeline.Benchmarks.Heroku;

/// <summary>Deploys to the local platform by turns, through the library and with a script of curl and git, and compares the wall times.</summary>
internal static class HerokuBenchmark
{
    private const int DefaultRounds = 10;
    private const double HighestRatio = 1.10;
    private const string Usage = "Usage: heroku [ROUNDS], a number of at least 1.";

    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var rounds = DefaultRounds;
        if (options.Length > 1 || (options is [var number] && (!int.TryParse(number, out rounds) || rounds < 1)))
        {
            await output.WriteLineAsync(Usage);
            return 2;
        }

        await using var platform = await LocalHerokuPlatform.StartAsync(new LocalHerokuOptions { App = "shop", EnableSsh = false });
        using var shop = new ShopOnHeroku(platform);
        IContender[] contenders = [new LibraryContender(shop), new ScriptContender(shop)];
        var times = contenders.Select(_ => new List<double>()).ToArray();

        // The first round compiles code and fills caches, and counts for nobody. Who comes first changes with every round.
        for (var round = 0; round <= rounds; round++)
        {
            for (var turn = 0; turn < contenders.Length; turn++)
            {
                var which = (round + turn) % contenders.Length;
                var seconds = await MeasureAsync(contenders[which], shop, $"{contenders[which].Name}-{round}");
                if (round > 0)
                {
                    times[which].Add(seconds);
                }
            }
        }

        await output.WriteLineAsync($"{rounds} deployments each, by turns; load {(await LoadAsync()).Trim()}, {Environment.ProcessorCount} cores");
        for (var i = 0; i < contenders.Length; i++)
        {
            await output.WriteLineAsync($"{contenders[i].Name,-8} median {Median(times[i]):0.000} s, {times[i].Min():0.000} to {times[i].Max():0.000} s");
        }

        var ratio = Median(times[0]) / Median(times[1]);
        var ratios = times[0].Zip(times[1], (library, script) => library / script).ToList();
        await output.WriteLineAsync(
            $"library / script: {ratio:0.000} of the medians (at most {HighestRatio:0.00}); within a round median {Median(ratios):0.000}, {ratios.Min():0.000} to {ratios.Max():0.000}");
        return ratio <= HighestRatio ? 0 : 1;
    }

    private static async Task<double> MeasureAsync(IContender contender, ShopOnHeroku shop, string version)
    {
        await shop.WriteVersionAsync(version);
        var before = await shop.CountReleasesAsync();
        var start = Stopwatch.GetTimestamp();
        await contender.DeployAsync(version);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await shop.CheckAsync(version, before + 1);
        return seconds;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static async Task<string> LoadAsync() => File.Exists("/proc/loadavg") ? await File.ReadAllTextAsync("/proc/loadavg") : "unknown";
}

/// <summary>A way to deploy.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>Deploys what is in the shop's directory, all nine phases.</summary>
    /// <exception cref="InvalidOperationException">It did not succeed.</exception>
    Task DeployAsync(string version);
}

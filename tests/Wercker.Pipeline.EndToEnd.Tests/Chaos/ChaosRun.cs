using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Deploys to one world again and again, and kills the tool until it was killed often enough.</summary>
internal sealed class ChaosRun(ChaosWorld world, ChaosTally tally, int seed)
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private readonly Random _random = new(seed);

    // How long the tool takes when it is left alone, by what was measured last: instants are drawn over all of it.
    private double _milliseconds = 2000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; tally.IsWanted; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await world.NextAsync(_random);
            var undo = _random.Next(4) == 0;
            JsonElement? run = null;
            try
            {
                run = await DeployAsync(undo);
                await world.VerifyAsync(run);
            }
            catch (Exception violation)
            {
                throw new AssertionException($"{world.GetType().Name}, seed {seed}, round {round}{(undo ? ", undone" : string.Empty)}: {violation.Message}\n{Tell()}", violation);
            }

            tally.Ended(run?.GetProperty("status").GetString() ?? "nothing recorded");
        }
    }

    /// <summary>Deploys, kills, resumes, may kill that too, and so on to the end.</summary>
    /// <returns>The run; null when nothing of it was recorded.</returns>
    private async Task<JsonElement?> DeployAsync(bool undo)
    {
        var before = (await ListAsync()).GetArrayLength();
        await StartAsync("deploy", "--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=0");
        while (true)
        {
            var runs = await ListAsync();
            if (runs.GetArrayLength() == before)
            {
                return null;
            }

            var run = runs[0];
            if (run.GetProperty("status").GetString() != "running")
            {
                return run;
            }

            await StartAsync(undo ? ["resume", "--undo"] : ["resume"]);
        }
    }

    private async Task StartAsync(params string[] arguments)
    {
        using var tool = world.Work.Start(arguments);
        var watch = Stopwatch.StartNew();
        var lives = _random.Next(3) == 0;
        if (!lives)
        {
            // Now and then it is asked to stop first, so that the undo of a canceled run is killed, too.
            using var cancel = await CancelAsync(tool);
            await PauseAsync(tool);
            tally.Killed(tool.TrySignal(SigKill) ? Where(tool) : null);
            if (cancel is not null)
            {
                // It saw the run end, or that there is none, or that nobody is there to cancel it.
                var answer = await cancel.WaitAsync();
                Assert.That(answer.ExitCode, Is.AnyOf(0, 1, 2, 130), answer.ToString());
            }
        }

        var result = await tool.WaitAsync();
        if (result.ExitCode is not 128 + SigKill and not 128 + SigTerm) // The latter before it listened to signals.
        {
            _milliseconds = (_milliseconds + watch.Elapsed.TotalMilliseconds) / 2;
            Assert.That(result.ExitCode, Is.AnyOf(0, 1, 130), result.ToString());
        }
    }

    /// <summary>Asks the tool to stop: by a signal, or from another process; or does not, mostly.</summary>
    /// <returns>The other process; null for none.</returns>
    private async Task<ToolProcess?> CancelAsync(ToolProcess tool)
    {
        var how = _random.Next(12);
        if (how > 1)
        {
            return null;
        }

        await PauseAsync(tool);
        if (how == 1)
        {
            return world.Work.Start("cancel");
        }

        tool.TrySignal(SigTerm);
        return null;
    }

    private async Task PauseAsync(ToolProcess tool)
    {
        var until = Stopwatch.GetTimestamp() + (long)(_random.NextDouble() * _milliseconds * Stopwatch.Frequency / 1000);
        while (Stopwatch.GetTimestamp() < until && !tool.HasExited)
        {
            await Task.Delay(2);
        }
    }

    /// <summary>What it was about, as far as it has said so.</summary>
    private static string Where(ToolProcess tool)
    {
        var last = tool.Error.Split('\n').LastOrDefault(line => line.Contains("== ", StringComparison.Ordinal));
        return last is null ? "start" : last[(last.IndexOf("== ", StringComparison.Ordinal) + 3)..].Split(' ', ':')[0];
    }

    private async Task<JsonElement> ListAsync() => Workspace.Json(await world.Work.RunAsync("runs", "--json"));

    private string Tell()
    {
        var runs = Path.Combine(world.Work.State, "runs");
        var last = Directory.Exists(runs) ? Directory.GetDirectories(runs).Max(StringComparer.Ordinal) : null;
        return last is null ? "no run" : string.Join('\n', Directory.GetFiles(last, "report.*").Where(file => file.EndsWith(".md", StringComparison.Ordinal)).Select(File.ReadAllText));
    }
}

/// <summary>Counts over all workers.</summary>
internal sealed class ChaosTally(int kills)
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _kills;

    public bool IsWanted => Volatile.Read(ref _kills) < kills;

    /// <summary>Counts a kill; null for one that came too late.</summary>
    public void Killed(string? where)
    {
        if (where is not null)
        {
            Interlocked.Increment(ref _kills);
            Count($"killed in {where}");
        }
    }

    public void Ended(string status) => Count($"rounds that ended {status}");

    public override string ToString()
    {
        lock (_counts)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{_kills} kills\n{string.Join('\n', _counts.Select(count => $"{count.Value,5} {count.Key}"))}");
        }
    }

    private void Count(string what)
    {
        lock (_counts)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + 1;
        }
    }
}

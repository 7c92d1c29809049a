using System.Diagnostics;
using System.Text.Json;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Deploys to one world again and again, and kills the tool until it was killed often enough.</summary>
internal sealed class ChaosRun(ChaosWorld world, ChaosTally tally, int seed)
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private readonly Random _random = new(seed);

    // How long the tool takes when it is left alone, by what was measured last: instants are drawn over all of it. The first one is left alone.
    private double? _alone;

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

            tally.Ended(run?.GetProperty("status").GetString());
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
        var trouble = _alone is not null && world.Store.Breaks && _random.Next(4) != 0 ? new StoreTrouble(world.Store, _random) : null;
        await (trouble?.BeginEarlyAsync() ?? Task.CompletedTask);
        using var tool = world.Work.Start(arguments);
        var striking = trouble?.RunAsync(tool, Draw(trouble.When)) ?? Task.CompletedTask;
        var watch = Stopwatch.StartNew();
        var lives = _random.Next(3) == 0 || _alone is null;
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
        await striking;
        if (trouble is { HasStruck: true })
        {
            tally.Struck(result.ExitCode);
            Assert.That(result.Error, Does.Not.Contain("   at "), "it is no fault of the tool");
        }
        else if (result.ExitCode is not 128 + SigKill and not 128 + SigTerm) // The latter before it listened to signals.
        {
            _alone = ((_alone ?? watch.Elapsed.TotalMilliseconds) + watch.Elapsed.TotalMilliseconds) / 2;
        }

        // 2: refused before anything was touched, because the store was not there, or its server was slow to come back.
        int[] expected = [0, 1, 130, 128 + SigKill, 128 + SigTerm, world.Store.Breaks ? 2 : 0];
        Assert.That(result.ExitCode, Is.AnyOf([.. expected.Cast<object>()]), result.ToString());
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

    private Task PauseAsync(ToolProcess tool) => tool.WaitAsync(Draw(_random.NextDouble()));

    /// <summary>An instant of a tool's life.</summary>
    private TimeSpan Draw(double share) => TimeSpan.FromMilliseconds(share * _alone!.Value);

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

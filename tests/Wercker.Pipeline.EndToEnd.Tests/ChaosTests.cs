using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Kills the tool at random instants, resumes, and looks at the world. WERCKER_CHAOS_KILLS says how often.</summary>
public sealed class ChaosTests
{
    private const int SigKill = 9;
    private const int DefaultKills = 20;

    // Every step leaves a trace that shows how often it ran, and the push is seen half done for a while.
    private const string Config = """
        {
          "pre-deploy": ["echo x >> $OUT/pre"],
          "deploy": ["echo half > $OUT/world; echo x >> $OUT/push; sleep 0.2; echo new > $OUT/world"],
          "post-deploy": ["echo x >> $OUT/post; sleep 0.1"],
          "post-deploy test": ["grep -q new $OUT/world; sleep 0.1; test ! -e $OUT/fail"],
          "targets": {"live": {"rollback": ["sleep 0.1; echo old > $OUT/world"]}}
        }
        """;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("WERCKER_CHAOS_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : DefaultKills;

    [Test]
    public async Task Deploy_KilledAtRandomInstantsAndResumed_LeavesTheWorldOldOrNewAndRunsNothingTwice()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var kills = 0;
        var outcomes = new Dictionary<string, int>();
        for (var round = 0; kills < Kills; round++)
        {
            using var work = new Workspace();
            work.Config(Config);
            await File.WriteAllTextAsync(work.Out("world"), "old\n");
            if (round % 3 == 2)
            {
                await File.WriteAllTextAsync(work.Out("fail"), string.Empty);
            }

            var when = $"seed {seed}, round {round}";
            var status = await DeployThroughKillsAsync(work, random, () => kills++);
            outcomes[status] = outcomes.GetValueOrDefault(status) + 1;
            Verify(work, status, when);
        }

        TestContext.Out.WriteLine($"{kills} kills, seed {seed}: {string.Join(", ", outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"))}");
    }

    /// <summary>Deploys, kills it, resumes, may kill that too, and resumes to the end; the verdict, or "nothing" when nothing was recorded.</summary>
    private static async Task<string> DeployThroughKillsAsync(Workspace work, Random random, Action count)
    {
        using (var tool = work.StartDeploy())
        {
            await KillAsync(tool, random, count);
        }

        while (true)
        {
            var runs = Workspace.Json(await work.RunAsync("runs", "--json"));
            if (runs.GetArrayLength() == 0)
            {
                return "nothing";
            }

            if (runs[0].GetProperty("status").GetString() is { } status and not "running")
            {
                return status;
            }

            using var resume = work.Start("resume");
            if (random.Next(3) == 0)
            {
                await KillAsync(resume, random, count);
            }
            else
            {
                var result = await resume.WaitAsync();
                Assert.That(result.ExitCode, Is.AnyOf(0, 1), result.ToString());
            }
        }
    }

    /// <summary>Half of the kills are aimed at the time after the first step has started: the tool takes long to start.</summary>
    private static async Task KillAsync(ToolProcess tool, Random random, Action count)
    {
        var aimed = random.Next(4) > 0;
        var delay = random.Next(aimed ? 1500 : 3000);
        var started = Stopwatch.StartNew();
        var seen = !aimed;
        while (!tool.HasExited && (!seen || started.ElapsedMilliseconds < delay))
        {
            if (!seen && tool.Error.Contains("== Environment", StringComparison.Ordinal))
            {
                seen = true;
                started.Restart();
            }

            await Task.Delay(3);
        }

        if (!tool.HasExited)
        {
            tool.Signal(SigKill);
            count();
        }

        await tool.WaitAsync();
    }

    private static void Verify(Workspace work, string status, string when)
    {
        var world = File.ReadAllText(work.Out("world"));
        Assert.That(world, Is.EqualTo(status == "succeeded" ? "new\n" : "old\n"), when);
        foreach (var script in new[] { "pre", "push", "post" })
        {
            Assert.That(File.Exists(work.Out(script)) ? File.ReadAllText(work.Out(script)) : string.Empty, Is.AnyOf(string.Empty, "x\n"), $"{when}: {script} ran twice");
        }

        if (status == "succeeded")
        {
            Assert.That(File.Exists(work.Out("post")), when);
        }

        if (status != "nothing")
        {
            Assert.That(work.Processes(), Is.Empty, when);
            Assert.That(Directory.EnumerateDirectories(work.Temporary, "wercker-*"), Is.Empty, when);
            var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(work.RunDirectory, "report.json"))).RootElement;
            Assert.That(report.GetProperty("status").GetString(), Is.EqualTo(status), when);
            Assert.That(report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("status").GetString()), Has.None.EqualTo("running"), when);
        }

        if (File.Exists(Path.Combine(work.State, "wercker.db")))
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(work.State, "wercker.db")};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from lease where owner is not null and deployment in (select id from deployment)";
            Assert.That(command.ExecuteScalar(), Is.EqualTo(0L), $"{when}: a lease is held");
        }
    }
}

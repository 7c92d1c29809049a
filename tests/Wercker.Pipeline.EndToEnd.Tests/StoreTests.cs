using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Stores that fail under the tool, and one that machines share.</summary>
public sealed class StoreTests
{
    private const string Config = """
        {
          "deploy": ["echo new > $OUT/world", "$THEN"],
          "post-deploy test": ["true"],
          "targets": {"live": {"rollback": ["echo old > $OUT/world"]}}
        }
        """;

    [Test]
    public async Task Deploy_DiskIsFullInTheMiddle_PutsTheTargetBackAndGoesOnWhenThereIsRoom()
    {
        using var work = new Workspace();
        work.Config(Config.Replace("$THEN", "head -c 20000000 /dev/zero > $STATE/fill; true", StringComparison.Ordinal));

        var (output, error) = await OnASmallDiskAsync(work, """
            wercker deploy --env WERCKER_POSTDEPLOY_WARMUP_SECONDS=0 --env OUT="$OUT" --env STATE="$STATE"; echo "deploy: $?"; cat "$OUT/world"
            rm "$STATE/fill"
            wercker resume --undo; echo "undo: $?"
            wercker runs
            """);

        Assert.That(output, Does.Contain("deploy: 1\nold\n"), output + error);
        Assert.That(error, Does.Contain("wercker.db cannot be written: the disk is full"));
        Assert.That(output, Does.Contain("undo: 130"), output + error);
        Assert.That(error, Does.Not.Contain("   at "), "it is no fault of the tool");
    }

    [Test]
    public async Task Resume_JournalWasLostAndTheTargetPutBackWithoutIt_IsUndoneAndNotGoneOnWith()
    {
        using var work = new Workspace();

        // A test that does not notice the old version: going on would call it a success.
        work.Config("""
            {
              "deploy": ["echo new > $OUT/world"],
              "post-deploy test": ["test -e $OUT/once || head -c 20000000 /dev/zero > $STATE/fill; touch $OUT/once"],
              "targets": {"live": {"rollback": ["echo old > $OUT/world"]}}
            }
            """);

        var (output, error) = await OnASmallDiskAsync(work, """
            wercker deploy --env WERCKER_POSTDEPLOY_WARMUP_SECONDS=0 --env OUT="$OUT" --env STATE="$STATE" > /dev/null; echo "deploy: $?"; cat "$OUT/world"
            rm "$STATE/fill"
            wercker resume --env OUT="$OUT" --env STATE="$STATE"; echo "resume: $?"; cat "$OUT/world"
            """);

        Assert.That(output, Does.Contain("deploy: 1\nold\n").And.Contain("resume: 130\nold\n"), output + error);
        Assert.That(error, Does.Contain("was taken back without it"));
    }

    [Test]
    public async Task Deploy_StateCanOnlyBeRead_IsRefusedBeforeAnythingIsTouched()
    {
        using var work = new Workspace();
        work.Config(Config.Replace("$THEN", "true", StringComparison.Ordinal));

        var (output, error) = await OnASmallDiskAsync(work, """
            wercker deploy --env WERCKER_POSTDEPLOY_WARMUP_SECONDS=0 --env OUT="$OUT" > /dev/null; echo "first: $?"; rm "$OUT/world"
            mount -o remount,ro "$STATE"
            wercker deploy --env WERCKER_POSTDEPLOY_WARMUP_SECONDS=0 --env OUT="$OUT"; echo "second: $?"; ls "$OUT/world"
            """);

        Assert.That(output, Does.Contain("first: 0").And.Contain("second: 2").And.Not.Contain($"{work.Out("world")}\n"), output + error);
        Assert.That(error, Does.Contain(work.State));
    }

    [Test]
    public async Task Log_ABlockIsDamaged_PrintsWhatIsBeforeItAndExitsOne()
    {
        using var work = new Workspace();
        work.Deploy("seq 1 30000");
        await work.DeployAsync();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(work.State, "wercker-log.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "update block set body = zeroblob(length(body)) where start = 262144";
            Assert.That(await command.ExecuteNonQueryAsync(), Is.EqualTo(1));
        }

        var result = await work.RunAsync("log");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain(" Push out | 4000\n").And.Not.Contain("| 30000"));
        Assert.That(result.Error, Does.Contain("is damaged after byte 262144").And.Contain("wercker-log.db"));
    }

    [Test]
    public async Task Deploy_FewLogsAreWanted_KeepsOnlyTheNewest()
    {
        using var work = new Workspace().Variable("WERCKER_LOG_COUNT", "1");
        work.Deploy("echo hello");
        await work.DeployAsync();
        await work.DeployAsync();

        var runs = Workspace.Json(await work.RunAsync("runs", "--json"));
        var (newest, oldest) = (await work.RunAsync("log", runs[0].GetProperty("id").GetString()!), await work.RunAsync("log", runs[1].GetProperty("id").GetString()!));
        work.Variable("WERCKER_LOG_AGE", "soon");
        var wrong = await work.RunAsync("runs");

        Assert.That(newest.Output, Does.Contain("hello"), newest.ToString());
        Assert.That(oldest.Error, Does.Contain("has no log"), oldest.ToString());
        Assert.That(wrong.ExitCode, Is.EqualTo(2), wrong.ToString());
        Assert.That(wrong.Error, Does.Contain("WERCKER_LOG_AGE").And.Contain("must be a duration"));
    }

    [Test]
    public async Task Deploy_StoreOfMachines_IsSharedAndItsPasswordStandsNowhere()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        using var one = new Workspace().Variable("WERCKER_STORE", server.Address);
        using var other = new Workspace().Variable("WERCKER_STORE", server.Address);
        one.Config("""{"deploy": ["env", "echo hello", "touch $OUT/new"], "post-deploy test": ["! test -e $OUT/new"], "targets": {"live": {"rollback": ["rm $OUT/new"]}}}""");
        other.Config("""{"deploy": ["true"], "post-deploy test": ["true"], "targets": {"live": {"rollback": ["true"]}}}""");

        var failed = await one.DeployAsync();
        var runs = await other.RunAsync("runs");
        var log = await other.RunAsync("log");
        var report = await other.RunAsync("report");
        var unlock = await other.RunAsync("unlock", "live", "--reason", "nobody has it");
        await server.StopAsync();
        var away = await other.DeployAsync();

        Assert.That((failed.ExitCode, runs.ExitCode, log.ExitCode, report.ExitCode, unlock.ExitCode), Is.EqualTo((1, 0, 0, 0, 0)), failed.ToString() + runs + log + report + unlock);
        Assert.That(runs.Output, Does.Contain("shop").And.Contain("failed").IgnoreCase);
        Assert.That(log.Output, Does.Contain(" Push out | hello\n"));
        Assert.That(away.ExitCode, Is.EqualTo(2), away.ToString());
        Assert.That(away.Error, Does.Contain("cannot be reached"));
        Assert.That(Directory.GetFiles(one.State, "*.db"), Is.Empty);
        foreach (var said in new[] { failed, runs, log, report, unlock, away })
        {
            Assert.That(said.Output + said.Error, Does.Not.Contain(PostgreSqlServer.Password));
        }

        var leaks = Directory.EnumerateFiles(one.Base, "*", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains(PostgreSqlServer.Password, StringComparison.Ordinal));
        Assert.That(leaks, Is.Empty);
    }

    [Test]
    public async Task Decide_FromAnotherMachine_IsTakenByTheRunThatWaits()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        using var one = new Workspace().Variable("WERCKER_STORE", server.Address);
        using var other = new Workspace().Variable("WERCKER_STORE", server.Address);
        one.Config("""{"deploy": ["test -e $OUT/ready"], "targets": {"live": {"rollback": ["true"], "decisions": {"onFailure": "ask", "within": "1h"}}}}""");
        using var tool = one.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("wercker decide", StringComparison.Ordinal), "the question");
        await File.WriteAllTextAsync(one.Out("ready"), string.Empty);

        var decided = await other.RunAsync("decide", "2", "retry", "--reason", "it is ready now");
        var result = await tool.WaitAsync();

        Assert.That((decided.ExitCode, result.ExitCode), Is.EqualTo((0, 0)), decided.ToString() + result);
        Assert.That(decided.Output, Does.Contain("Push: retry by").And.Contain("it is ready now"));
        Assert.That(Directory.Exists(Path.Combine(one.State, "decisions")), Is.False, "nothing that machines must share lies in a file");
    }

    /// <summary>Runs a script whose $STATE, the state directory, is a file system of its own with room for 4 MB.</summary>
    private static async Task<(string Output, string Error)> OnASmallDiskAsync(Workspace work, string script)
    {
        Directory.CreateDirectory(work.State);
        var head = $$"""
            STATE={{work.State}} OUT={{work.Base}}
            wercker() { dotnet {{BuiltTool.Path}} "$@"; }
            mount -t tmpfs -o size=4m none "$STATE" || exit 99

            """;
        string[] own = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        using var process = new ToolProcess(work.StartInfo("unshare", [.. own, "bash", "-c", head + script]));
        var result = await process.WaitAsync();
        Assert.That(result.ExitCode, Is.Not.EqualTo(99), result.ToString());
        return (result.Output, result.Error);
    }
}

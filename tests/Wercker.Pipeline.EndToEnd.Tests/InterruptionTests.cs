using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Processes that are killed, and what other processes do about the runs and targets that they leave behind.</summary>
public sealed class InterruptionTests
{
    private const int SigInt = 2;
    private const int SigKill = 9;

    private const string Config = """
        {
          "pre-deploy": ["echo pre >> $OUT/pre"],
          "deploy": ["echo half > $OUT/world; echo started; sleep 4711; echo late > $OUT/world"],
          "post-deploy test": ["true"],
          "targets": {"live": {"rollback": ["echo old > $OUT/world"]}}
        }
        """;

    [Test]
    public async Task Deploy_AfterAKilledRun_IsRefusedAndSaysWhatToDo()
    {
        using var work = await KilledInThePushAsync();

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("was interrupted").And.Contain("while Push ran").And.Contain("wercker resume").And.Contain("--undo").And.Contain("--abandon"));
        Assert.That(await File.ReadAllTextAsync(work.Out("world")), Is.EqualTo("half\n"), "nothing was touched");
        await work.RunAsync("resume", "--undo");
    }

    [Test]
    public async Task Resume_KilledInAScript_EndsWhatStillRunsAndTakesItBack()
    {
        using var work = await KilledInThePushAsync();

        var result = await work.RunAsync("resume");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("nobody can tell how far it came").And.Contain("put back"));
        Assert.That(await File.ReadAllTextAsync(work.Out("world")), Is.EqualTo("old\n"));
        Assert.That(await File.ReadAllTextAsync(work.Out("pre")), Is.EqualTo("pre\n"), "finished steps are not run again");
        Assert.That(work.Processes(), Is.Empty, "the script of the killed process has ended");
        Assert.That(Directory.EnumerateDirectories(work.Temporary, "wercker-*"), Is.Empty, "its sandbox is gone");
        Assert.That(work.Log, Does.Contain("resumed: "));
        Assert.That((await work.RunAsync("resume")).Error, Does.Contain("No run").And.Contain("interrupted"));
    }

    [Test]
    public async Task Resume_Undo_TakesTheRunBackAndExits130()
    {
        using var work = await KilledInThePushAsync();

        var result = await work.RunAsync("resume", "--undo");

        Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
        Assert.That(await File.ReadAllTextAsync(work.Out("world")), Is.EqualTo("old\n"));
        Assert.That(work.Processes(), Is.Empty);
        Assert.That(Directory.EnumerateDirectories(work.Temporary, "wercker-*"), Is.Empty);
    }

    [Test]
    public async Task Resume_Abandon_ClosesTheRunAndLeavesTheTarget()
    {
        using var work = await KilledInThePushAsync();

        var result = await work.RunAsync("resume", "--abandon", "the machine is gone");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("the machine is gone"));
        Assert.That(await File.ReadAllTextAsync(work.Out("world")), Is.EqualTo("half\n"));
        Assert.That((await work.RunAsync("resume")).ExitCode, Is.EqualTo(2));
        work.KillProcesses();
    }

    [Test]
    public async Task Cancel_RunOfAnotherProcess_IsUndoneAndBothExit130()
    {
        using var work = new Workspace();
        work.Config(Config);
        using var tool = work.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the long command");

        var cancel = await work.RunAsync("cancel");
        var deploy = await tool.WaitAsync();

        Assert.That((cancel.ExitCode, deploy.ExitCode), Is.EqualTo((130, 130)), cancel.ToString() + deploy);
        Assert.That(await File.ReadAllTextAsync(work.Out("world")), Is.EqualTo("old\n"));
        Assert.That(deploy.Error, Does.Contain("cancels the run"));
        Assert.That((await work.RunAsync("cancel")).ExitCode, Is.EqualTo(2), "it is over");
    }

    [Test]
    public async Task Cancel_ProcessOfTheRunWasKilled_SaysHowToTakeItBack()
    {
        using var work = await KilledInThePushAsync();

        var cancel = await work.RunAsync("cancel");
        var undo = await work.RunAsync("resume", "--undo");

        Assert.That(cancel.ExitCode, Is.EqualTo(2), cancel.ToString());
        Assert.That(cancel.Error, Does.Contain("resume").And.Contain("--undo"));
        Assert.That(undo.ExitCode, Is.EqualTo(130), undo.ToString());
        Assert.That(await File.ReadAllTextAsync(work.Out("world")), Is.EqualTo("old\n"));
    }

    [Test]
    public async Task Deploy_CanceledWhileItWaitsForTheTarget_LeavesTheQueueAndChangesNothing()
    {
        using var work = new Workspace();
        work.Deploy("echo started; while ! test -e $OUT/go; do sleep 0.05; done; echo one >> $OUT/order");
        using var first = work.StartDeploy();
        await first.UntilAsync(() => first.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the first");
        work.Deploy("echo two >> $OUT/order");
        using var waiting = work.StartDeploy("--wait", "1000");
        await waiting.UntilAsync(() => CountWaiters(work) == 1, "its place in the queue");

        waiting.Signal(SigInt);
        var canceled = await waiting.WaitAsync();
        var waiters = CountWaiters(work);
        await File.WriteAllTextAsync(work.Out("go"), string.Empty);

        Assert.That(canceled.ExitCode, Is.EqualTo(130), canceled.ToString());
        Assert.That(waiters, Is.Zero);
        Assert.That((await first.WaitAsync()).ExitCode, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(work.Out("order")), Is.EqualTo("one\n"));
        Assert.That(Workspace.Json(await work.RunAsync("runs", "--json")).GetArrayLength(), Is.EqualTo(1), "who only waited is no run");
    }

    [Test]
    public async Task Deploy_TargetIsTaken_IsRefusedOrWaits()
    {
        using var work = new Workspace();
        work.Deploy("echo started; while ! test -e $OUT/go; do sleep 0.05; done; echo one >> $OUT/order");
        using var first = work.StartDeploy();
        await first.UntilAsync(() => first.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the first");
        work.Deploy("echo two >> $OUT/order");

        var refused = await work.DeployAsync();
        using var waiting = work.StartDeploy("--wait", "100");
        await File.WriteAllTextAsync(work.Out("go"), string.Empty);
        var second = await waiting.WaitAsync();

        Assert.That(refused.ExitCode, Is.EqualTo(2), refused.ToString());
        Assert.That(refused.Error, Does.Contain("is being deployed to by deployment"));
        Assert.That(((await first.WaitAsync()).ExitCode, second.ExitCode), Is.EqualTo((0, 0)), second.ToString());
        Assert.That(await File.ReadAllTextAsync(work.Out("order")), Is.EqualTo("one\ntwo\n"));
    }

    [Test]
    public async Task Unlock_WithAReason_StopsTheRunBeforeItsNextStep()
    {
        using var work = new Workspace();
        work.Config("""
            {"deploy": ["echo started; while ! test -e $OUT/go; do sleep 0.05; done"], "post-deploy": ["echo never > $OUT/never"],
             "targets": {"live": {"rollback": ["echo never > $OUT/never"]}}}
            """);
        using var tool = work.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the long command");

        var without = await work.RunAsync("unlock", "live");
        var unlock = await work.RunAsync("unlock", "live", "--reason", "a test");
        await File.WriteAllTextAsync(work.Out("go"), string.Empty);
        var result = await tool.WaitAsync();

        Assert.That((without.ExitCode, unlock.ExitCode), Is.EqualTo((2, 0)), unlock.ToString());
        Assert.That(unlock.Output, Does.Contain("is unlocked"));
        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Error, Does.Contain("lost its lease"));
        Assert.That(File.Exists(work.Out("never")), Is.False);
    }

    [TestCase("", 1)]
    [TestCase(", \"rollbackOnce\": true", 3)]
    public async Task Resume_KilledInARollbackCommand_RunsItAgainAndSaysSoOrLeavesItToAPerson(string once, int exitCode)
    {
        using var work = new Workspace();
        work.Config("""
            {
              "deploy": ["echo new > $OUT/world; false"],
              "targets": {"live": {"rollback": [
                "echo first >> $OUT/rollback",
                "echo half > $OUT/world; echo begun >> $OUT/rollback; test -e $OUT/go || { touch $OUT/begun; sleep 4711; }; echo old > $OUT/world",
                "echo last >> $OUT/rollback"]ONCE}}
            }
            """.Replace("ONCE", once, StringComparison.Ordinal));
        using (var tool = work.StartDeploy())
        {
            await tool.UntilAsync(() => File.Exists(work.Out("begun")), "the middle of the rollback");
            tool.Signal(SigKill);
            await tool.WaitAsync();
        }

        await File.WriteAllTextAsync(work.Out("go"), string.Empty);
        var resumed = await work.RunAsync("resume");

        Assert.That(resumed.ExitCode, Is.EqualTo(exitCode), resumed.ToString());
        Assert.That(resumed.Output, Does.Contain("was cut off when the process of the deployment ended"));
        var (commands, world) = (await File.ReadAllLinesAsync(work.Out("rollback")), await File.ReadAllTextAsync(work.Out("world")));
        if (once.Length == 0)
        {
            Assert.That((string.Join(' ', commands), world), Is.EqualTo(("first begun begun last", "old\n")));
            Assert.That(resumed.Output, Does.Contain("and is run again"));
        }
        else
        {
            Assert.That((string.Join(' ', commands), world), Is.EqualTo(("first begun", "half\n")));
            Assert.That(resumed.Output, Does.Contain("nobody can tell how far it came").And.Contain("Look at the target"));
        }

        Assert.That(work.Processes(), Is.Empty, "the command of the killed process has ended");
    }

    [Test]
    public async Task Freeze_ATarget_RefusesOrLetsWaitWithItsMessageUntilItIsUnlocked()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo one >> $OUT/order"], "targets": {"live": {}}}""");

        var without = await work.RunAsync("freeze", "live");
        var freeze = await work.RunAsync("freeze", "live", "--message", "inventory until Monday");
        var refused = await work.DeployAsync();
        using var waiting = work.StartDeploy("--wait", "1000");
        await waiting.UntilAsync(() => CountWaiters(work) == 1, "its place in the queue");
        var again = await work.RunAsync("freeze", "live", "--message", "and longer");
        var unlock = await work.RunAsync("unlock", "live", "--reason", "it is Monday");
        var waited = await waiting.WaitAsync();

        Assert.That((without.ExitCode, freeze.ExitCode, refused.ExitCode, again.ExitCode, unlock.ExitCode, waited.ExitCode), Is.EqualTo((2, 0, 2, 2, 0, 0)), refused.ToString() + unlock + waited);
        Assert.That(freeze.Output, Does.Contain("Target 'live' is frozen"));
        Assert.That(refused.Error, Does.Contain("Target 'live' is frozen by").And.Contain("\"inventory until Monday\"").And.Contain("wercker unlock"));
        Assert.That(again.Error, Does.Contain("inventory until Monday"));
        Assert.That(unlock.Output, Does.Contain("is unlocked; it was frozen by"));
        Assert.That(await File.ReadAllTextAsync(work.Out("order")), Is.EqualTo("one\n"));
    }

    private static long CountWaiters(Workspace work)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(work.State, "wercker.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from waiter";
        return (long)command.ExecuteScalar()!;
    }

    private static async Task<Workspace> KilledInThePushAsync()
    {
        var work = new Workspace();
        work.Config(Config);
        using var tool = work.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the long command");
        tool.Signal(SigKill);
        await tool.WaitAsync();
        return work;
    }
}

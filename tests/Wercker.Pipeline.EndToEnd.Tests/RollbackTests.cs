namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class RollbackTests
{
    [Test]
    public async Task Deploy_PostDeployTestFails_RollsBackAndExitsOne()
    {
        using var work = new Workspace();
        work.Config("""
            {
              "deploy": ["echo new > $OUT/live"],
              "post-deploy test": ["grep -q old $OUT/live"],
              "targets": {"live": {"rollback": ["echo old > $OUT/live"]}}
            }
            """);

        var result = await work.DeployAsync("--report", work.Out("report"));

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(File.ReadAllText(work.Out("live")), Is.EqualTo("old\n"));
        Assert.That(result.Output, Does.Contain("PostDeployTest").And.Contain("The target was put back."));
        Assert.That(File.ReadAllText(Path.Combine(work.Out("report"), "report.json")), Does.Contain("\"restore\": \"restored\""));
    }

    [Test]
    public async Task Deploy_RollbackFails_ExitsThreeAndNeverMasksTheRootCause()
    {
        using var work = new Workspace();
        work.Config("""
            {
              "deploy": ["echo new > $OUT/live"],
              "post-deploy test": ["echo the site is down; exit 22"],
              "targets": {"live": {"rollback": ["echo no way back; exit 5"]}}
            }
            """);

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Output, Does.Contain("exit code 22").And.Contain("COULD NOT BE PUT BACK").And.Contain("exit code 5").And.Contain("| the site is down").And.Contain("| no way back"));
    }

    [Test]
    public async Task Deploy_TheOldVersionDoesNotPassTheTestEither_ExitsThreeAndKeepsTheRootCause()
    {
        using var work = new Workspace();
        work.Config("""
            {
              "deploy": ["echo new > $OUT/live"],
              "post-deploy test": ["test -n \"$WERCKER_ROLLED_BACK\" || exit 22; exit 44"],
              "targets": {"live": {"rollback": ["echo old > $OUT/live"]}}
            }
            """);

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Output, Does.Contain("exit code 22").And.Contain("COULD NOT BE PUT BACK").And.Contain("exit code 44"));
        Assert.That(File.ReadAllText(work.Out("live")), Is.EqualTo("old\n"));
    }

    [Test]
    public async Task Deploy_TheTestFailsOnBothVersionsAlike_ExitsOneAndSaysThatNothingIsProven()
    {
        using var work = new Workspace();
        work.Config("""
            {
              "deploy": ["echo new > $OUT/live"],
              "post-deploy test": ["echo test >> $OUT/tests; false"],
              "targets": {"live": {"rollback": ["echo old > $OUT/live"]}}
            }
            """);

        var result = await work.DeployAsync("--report", work.Out("report"));

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(File.ReadAllText(work.Out("live")), Is.EqualTo("old\n"));
        Assert.That(File.ReadAllLines(work.Out("tests")), Has.Length.EqualTo(2));
        Assert.That(result.Output, Does.Contain("The target was put back, and its test does not prove it"));
        Assert.That(File.ReadAllText(Path.Combine(work.Out("report"), "report.json")), Does.Contain("\"restore\": \"unproven\""));
    }

    [Test]
    public async Task Deploy_NoRollbackCommands_ExitsOneAndSaysThatThereWasNoWayBack()
    {
        using var work = new Workspace();
        work.Deploy("false");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("no way to put the target back"));
    }

    [Test]
    public async Task Deploy_PreDeployFails_PushesNothingAndUndoesNothing()
    {
        using var work = new Workspace();
        work.Config("""{"pre-deploy": ["false"], "deploy": ["touch $OUT/live"], "targets": {"live": {"rollback": ["touch $OUT/undone"]}}}""");

        var result = await work.DeployAsync("--json");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(Workspace.Json(result).GetProperty("restore").GetString(), Is.EqualTo("notNeeded"));
        Assert.That(File.Exists(work.Out("live")) || File.Exists(work.Out("undone")), Is.False);
    }
}

namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class CancelTests
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigTerm = 15;

    private const string Config = """
        {
          "deploy": ["echo half > $OUT/world", "(setsid sleep 4711 &) ; sleep 4711 & echo started; sleep 4711"],
          "post-deploy": [{"cmd": "echo cleaned > $OUT/cleaned", "runAlways": true}],
          "targets": {"live": {"rollback": ["echo old > $OUT/world"]}}
        }
        """;

    [TestCase(SigTerm)]
    [TestCase(SigInt)]
    [TestCase(SigHup)]
    public async Task Deploy_SignalMidStep_UndoesLeavesNoProcessAndExits130(int signal)
    {
        using var work = new Workspace();
        work.Config(Config);
        using var tool = work.StartDeploy("--report", work.Out("report"));
        await tool.UntilAsync(() => tool.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the long command");

        tool.Signal(signal);
        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
        Assert.That(File.ReadAllText(work.Out("world")), Is.EqualTo("old\n"), "the armed step was undone");
        Assert.That(File.Exists(work.Out("cleaned")), Is.True, "what always runs has run");
        Assert.That(result.Output, Does.Contain("Canceled the deployment").And.Contain("put back"));
        Assert.That(result.Error, Does.Contain("canceling"));
        Assert.That(work.Processes(), Is.Empty);
        Assert.That(Directory.EnumerateFileSystemEntries(work.Temporary), Is.Empty, "the sandbox is gone");
        Assert.That(Directory.GetFiles(work.Out("report")), Has.Length.EqualTo(5), "the report is written also then");
        Assert.That(File.ReadAllText(Path.Combine(work.Out("report"), "report.json")), Does.Contain("\"status\": \"canceled\""));
    }

    [Test]
    public async Task Deploy_SecondSignal_AbortsTheUndoAtOnceAndLeavesNoProcess()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo started; sleep 4711"], "targets": {"live": {"rollback": ["echo undoing; sleep 4711"]}}}""");
        using var tool = work.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("Push | started", StringComparison.Ordinal), "the start of the long command");
        tool.Signal(SigTerm);
        await tool.UntilAsync(() => tool.Error.Contains("Push | undoing", StringComparison.Ordinal), "the start of the undo");

        tool.Signal(SigTerm);
        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Output, Does.Contain("COULD NOT BE PUT BACK"));
        Assert.That(work.Processes(), Is.Empty);
    }

    [Test]
    public async Task Deploy_CanceledInTheWarmUp_UndoesThePush()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo new > $OUT/world"], "post-deploy test": ["true"], "targets": {"live": {"rollback": ["echo old > $OUT/world"]}}}""");
        using var tool = work.StartDeploy("--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=4711");
        await tool.UntilAsync(() => tool.Error.Contains("warm up", StringComparison.Ordinal), "the warm-up");

        tool.Signal(SigTerm);
        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
        Assert.That(File.ReadAllText(work.Out("world")), Is.EqualTo("old\n"));
    }

    [Test]
    public async Task Deploy_Succeeds_LeavesNoBackgroundProcess()
    {
        using var work = new Workspace();
        work.Deploy("sleep 4711 &", "setsid -f env -i sleep 4712 </dev/null >/dev/null 2>&1", "nohup sleep 4713 >/dev/null 2>&1 & disown");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(work.Processes(), Is.Empty);
        var strays = Directory.EnumerateDirectories("/proc").Select(directory => Path.Combine(directory, "cmdline")).Where(File.Exists).Where(file => TextOf(file) == "sleep\04712\0");
        Assert.That(strays, Is.Empty, "not even one that left its session and cleared its environment");
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}

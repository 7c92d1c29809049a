using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing.Tests;

public class CommandScriptTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();

    [Test]
    public async Task RunAsync_Unscripted_ExitsWithZeroAndSaysNothing()
    {
        var result = await RunAsync(new CommandScript(), "make");
        Assert.That(result, Is.EqualTo(new CommandResult(CommandEnd.Exited, 0, TimeSpan.Zero)));
        Assert.That(_lines.All, Is.Empty);
    }

    [Test]
    public void RunAsync_UnscriptedAndStrict_NamesTheCommandAndWhatIsScripted()
    {
        var script = new CommandScript { Strict = true }.On("make", new FakeReply());
        Assert.That(async () => await RunAsync(script, "make test"), Throws.InvalidOperationException.With.Message.Contains("'make test'").And.Message.Contains("'make'"));
    }

    [Test]
    public async Task RunAsync_ScriptedByText_RepliesWithExitCodeAndBothStreams()
    {
        var script = new CommandScript().On("make", new FakeReply(2) { Output = "out\n", Error = "err\n", Detail = "disk full" });
        var result = await RunAsync(script, "make");
        Assert.That((result.ExitCode, result.Detail), Is.EqualTo((2, "disk full")));
        Assert.That(_lines.All, Is.EqualTo(new[] { (OutputStream.Output, "out\n"), (OutputStream.Error, "err\n") }));
    }

    [Test]
    public async Task RunAsync_SeveralReplies_GivesThemInTurnAndRepeatsTheLast()
    {
        var script = new CommandScript().On("curl", new FakeReply(7), new FakeReply(0));
        int[] codes = [(await RunAsync(script, "curl")).ExitCode, (await RunAsync(script, "curl")).ExitCode, (await RunAsync(script, "curl")).ExitCode];
        Assert.That(codes, Is.EqualTo(new[] { 7, 0, 0 }));
    }

    [Test]
    public async Task RunAsync_TwoEntriesFit_TheLaterOneWins()
    {
        var script = new CommandScript().On(command => command.Text.StartsWith("npm", StringComparison.Ordinal), new FakeReply(1)).On("npm test", new FakeReply(5));
        Assert.That((await RunAsync(script, "npm test")).ExitCode, Is.EqualTo(5));
        Assert.That((await RunAsync(script, "npm ci")).ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task RunAsync_Delay_WaitsOnTheGivenClock()
    {
        var running = RunAsync(new CommandScript().On("sleep 60", new FakeReply { Delay = TimeSpan.FromMinutes(1) }), "sleep 60");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(running.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await running).Duration, Is.EqualTo(TimeSpan.FromMinutes(1)));
    }

    [TestCase(10, 20, CommandEnd.TimedOut)]
    [TestCase(20, 10, CommandEnd.Silent)]
    public async Task RunAsync_DelayBeyondALimit_EndsAtTheFirstLimit(int timeout, int silence, CommandEnd end)
    {
        var script = new CommandScript().On("hang", new FakeReply { Delay = TimeSpan.FromHours(1), Output = "late" });
        var running = RunAsync(script, new ShellCommand("hang") { Timeout = TimeSpan.FromSeconds(timeout), NoOutputTimeout = TimeSpan.FromSeconds(silence) });
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await running, Is.EqualTo(new CommandResult(end, 137, TimeSpan.FromSeconds(10))));
        Assert.That(_lines.All, Is.Empty);
    }

    [Test]
    public void RunAsync_CanceledDuringADelay_IsCanceled()
    {
        using var cancel = new CancellationTokenSource();
        var script = new CommandScript().On("hang", new FakeReply { Delay = TimeSpan.FromMinutes(1) });
        var running = script.PlayForTestAsync(new ShellCommand("hang"), _lines, _time, cancel.Token);
        cancel.Cancel();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void RunAsync_ScriptedException_IsThrown() => Assert.That(
        async () => await RunAsync(new CommandScript().On("x", new FakeReply { Exception = new SandboxException("gone") }), "x"),
        Throws.TypeOf<SandboxException>().With.Message.EqualTo("gone"));

    [Test]
    public void On_NoReply_IsRefused() => Assert.That(() => new CommandScript().On("x"), Throws.ArgumentException);

    [Test]
    public async Task Commands_AfterSomeRuns_AreRecordedInOrder()
    {
        var script = new CommandScript();
        await RunAsync(script, "a");
        await RunAsync(script, new ShellCommand("b") { Hidden = true });
        Assert.That(script.Commands, Is.EqualTo(new[] { new ShellCommand("a"), new ShellCommand("b") { Hidden = true } }));
    }

    private Task<CommandResult> RunAsync(CommandScript script, string text) => RunAsync(script, new ShellCommand(text));

    private Task<CommandResult> RunAsync(CommandScript script, ShellCommand command) => script.PlayForTestAsync(command, _lines, _time, CancellationToken.None);
}

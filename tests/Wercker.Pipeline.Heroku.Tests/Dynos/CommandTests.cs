using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Heroku.Tests.Dynos;

/// <summary>One-off commands in real processes, over a real rendezvous.</summary>
public class CommandTests
{
    [TestCase("echo hi", 0, "hi\n")]
    [TestCase("echo hi; exit 3", 3, "hi\n")]
    [TestCase("set -e; false; echo not here", 1, "")]
    [TestCase("exec sh -c 'exit 4'", 4, "")]
    [TestCase("printf noeol", 0, "noeol")]
    [TestCase("echo 'it''s' # a comment", 0, "its\n")]
    [TestCase("echo \"$((1+1))\"\necho two", 0, "2\ntwo\n")]
    [TestCase("cat", 0, "")]
    [TestCase("echo to stderr >&2", 0, "to stderr\n")]
    [TestCase("no-such-program-0815 2>/dev/null", 127, "")]
    [TestCase("exec sh -c 'kill -9 $$' 2>/dev/null", 137, null)]
    [TestCase("seq 1 20000 | tail -n 1", 0, "20000\n")]
    public async Task Run_AnyShellText_GivesItsExitCodeAndOutput(string command, int exitCode, string? output)
    {
        await using var app = await StartAsync();

        var (result, text) = await RunAsync(app, new ShellCommand(command));

        Assert.That((result.End, result.ExitCode), Is.EqualTo((CommandEnd.Exited, exitCode)));

        // The dyno's shell has words of its own for a killed program.
        Assert.That(text, output is null ? Does.Contain("Killed") : Is.EqualTo(output));
    }

    [Test]
    public async Task Run_CommandWithInput_IsRefused()
    {
        await using var app = await StartAsync();
        using var input = new MemoryStream([1]);

        await Assert.ThrowsAsync<NotSupportedException>(async () => await RunAsync(app, new ShellCommand("cat") { Input = input }));
    }

    [Test]
    public async Task Run_SyntaxError_HasAnExitCode()
    {
        await using var app = await StartAsync();

        var (result, _) = await RunAsync(app, new ShellCommand("if then ("));

        Assert.That(result.Succeeded, Is.False);
        Assert.That(result.ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task Run_LargeOutput_ArrivesWhole()
    {
        await using var app = await StartAsync();

        var (result, text) = await RunAsync(app, new ShellCommand("seq 1 20000"));

        Assert.That(result.Succeeded);
        Assert.That(text, Is.EqualTo(string.Concat(Enumerable.Range(1, 20000).Select(i => $"{i}\n"))));
    }

    [Test]
    public async Task Run_TerminalOutput_HasPlainLineEnds()
    {
        await using var app = await StartAsync();
        app.Faults.TerminalOutput = 1;

        var (result, text) = await RunAsync(app, new ShellCommand("echo a; echo b; exit 5"));

        Assert.That((result.ExitCode, text), Is.EqualTo((5, "a\nb\n")));
    }

    [Test]
    public async Task Run_Variables_AreHandedOver()
    {
        await using var app = await StartAsync();
        var options = app.Options() with { CommandVariables = ["GREETING"] };
        var output = new Collector();
        var pipeline = new DeployPipelineBuilder("p").UseTarget(app.Target(options)).WithVariable("GREETING", "it's $HOME")
            .AddStep("run", async (context, token) =>
            {
                await ((HerokuTarget)context.Target).RunAsync(context, new ShellCommand("echo \"$GREETING\""), output, token);
                return StepResult.Succeeded();
            }).Build();

        (await pipeline.DeployAsync(new("shop", "r"))).EnsureSucceeded();

        Assert.That(output.Text, Is.EqualTo("it's $HOME\n"));
    }

    [Test]
    public async Task Run_ConnectionDropped_IsAnErrorAndNeverSuccess()
    {
        await using var app = await StartAsync();
        app.Faults.DropRendezvous = 1;

        var e = await Assert.ThrowsAsync<HerokuException>(async () => await RunAsync(app, new ShellCommand("echo hi")));

        Assert.That(e!.Message, Does.Contain("closed before the exit code came").And.Contain("unknown"));
    }

    [Test]
    public async Task Run_ConnectionRefused_IsAnError()
    {
        await using var app = await StartAsync();
        app.Faults.RefuseRendezvous = 1;

        var e = await Assert.ThrowsAsync<HerokuException>(async () => await RunAsync(app, new ShellCommand("echo hi")));

        Assert.That(e!.Message, Does.Contain("before the dyno greeted"));
    }

    [Test]
    public async Task Run_UntrustedCertificate_IsAnError()
    {
        await using var app = await StartAsync();

        var e = await Assert.ThrowsAsync<HerokuException>(async () => await RunAsync(app, new ShellCommand("echo hi"), app.Options() with { CaFile = null }));

        Assert.That(e!.Message, Does.Contain("is not trusted").And.Contain("caFile"));
    }

    [TestCase(2, true)]
    [TestCase(3, false)]
    public async Task Run_Conflict_IsRepeatedTwice(int conflicts, bool succeeds)
    {
        await using var app = await StartAsync();
        app.Faults.ConflictDynos = conflicts;

        async Task<CommandResult> Run() => (await RunAsync(app, new ShellCommand("true"))).Result;

        if (succeeds)
        {
            Assert.That((await Run()).Succeeded);
        }
        else
        {
            Assert.That((await Assert.ThrowsAsync<HerokuException>(Run))!.Message, Does.Contain("409 conflict"));
        }
    }

    [Test]
    public async Task Run_AnswerLost_IsAnErrorAndNotRepeated()
    {
        await using var app = await StartAsync();
        app.Faults.RequestFilter = "POST /apps/shop/dynos";
        app.Faults.LoseAnswers = 1;

        var e = await Assert.ThrowsAsync<HerokuException>(async () => await RunAsync(app, new ShellCommand("sleep 30")));

        Assert.That(e!.Message, Does.Contain("Whether a dyno was started").And.Contain("Request-Id"));
        Assert.That((await app.ApiAsync("/apps/shop/dynos")).AsArray().Count(dyno => (string?)dyno!["type"] == "run"), Is.EqualTo(1));
    }

    [TestCase("echo on; sleep 60", 1, 60, CommandEnd.TimedOut)]
    [TestCase("echo on; sleep 60", 60, 1, CommandEnd.Silent)]
    public async Task Run_OverALimit_IsStopped(string command, int timeout, int silence, CommandEnd end)
    {
        await using var app = await StartAsync();

        var (result, text) = await RunAsync(
            app, new ShellCommand(command) { Timeout = TimeSpan.FromSeconds(timeout), NoOutputTimeout = TimeSpan.FromSeconds(silence) });

        Assert.That((result.End, result.Succeeded, text), Is.EqualTo((end, false, "on\n")));
        Assert.That(await NoneIsLeftAsync(app));
    }

    [Test]
    public async Task Run_Canceled_StopsTheDyno()
    {
        await using var app = await StartAsync();
        using var cancel = new CancellationTokenSource();
        var output = new Collector();
        var running = app.AskAsync((target, context, _) => target.RunAsync(context, new ShellCommand("echo on; sleep 60"), output, cancel.Token));
        while (output.Text.Length == 0)
        {
            await Task.Delay(20);
        }

        await cancel.CancelAsync();

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await NoneIsLeftAsync(app));
    }

    [TestCase("echo one; sleep 0.3; echo two; exit 6", 6, "one\ntwo\n")]
    [TestCase("echo same; echo same", 0, "same\nsame\n")]
    public async Task Run_Detached_ReadsExitCodeAndOutputFromTheLog(string command, int exitCode, string output)
    {
        await using var app = await StartAsync();

        var (result, text) = await RunAsync(app, new ShellCommand(command), app.Options() with { DetachedCommands = true });

        Assert.That((result.ExitCode, text), Is.EqualTo((exitCode, output)));
    }

    private static async Task<LocalApp> StartAsync()
    {
        var app = await LocalApp.StartAsync();
        app.Write("Procfile", "worker: exec sleep 1000\n");
        Assert.That((await app.PushAsync()).Status, Is.EqualTo(StepStatus.Succeeded));
        return app;
    }

    private static async Task<(CommandResult Result, string Text)> RunAsync(LocalApp app, ShellCommand command, HerokuOptions? options = null)
    {
        var output = new Collector();
        var result = await app.AskAsync((target, context, token) => target.RunAsync(context, command, output, token), options);
        return (result, output.Text);
    }

    private static async Task<bool> NoneIsLeftAsync(LocalApp app)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if ((await app.ApiAsync("/apps/shop/dynos")).AsArray().All(dyno => (string?)dyno!["type"] != "run"))
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }
}

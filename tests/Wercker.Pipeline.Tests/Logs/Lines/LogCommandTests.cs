using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Logs.LogTestRun;

namespace Wercker.Pipeline.Tests.Logs.Lines;

/// <summary>Logs that a command in a real sandbox prints.</summary>
public sealed class LogCommandTests
{
    private static async Task<StepReport> VerifyAsync(Action<LogTest> configure)
    {
        await using var sandboxes = new Sandboxes();
        return await new StepHarness { Sandbox = sandboxes.Provider }.RunAsync(
            builder => builder.AddLogTest(test => configure(test.Over(new TestWindow(Start, Start, Start.AddMinutes(3))))));
    }

    [Test]
    public async Task FromCommand_PrintsTheWindow_IsReadWithTheWindowInItsVariables()
    {
        var step = await VerifyAsync(test => test.From(LogTest.FromCommand("echo \"$WERCKER_LOG_FROM error until $WERCKER_LOG_UNTIL\""), "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(step.Evidence.Single().Data!["samples"]![0]!.ToString(), Is.EqualTo("error until 2013-04-19T12:03:00.000Z"));
    }

    [Test]
    public async Task FromCommand_LinesOutsideOfTheWindow_DoNoHarm() =>
        Assert.That(
            (await VerifyAsync(test => test.From(LogTest.FromCommand("echo '2013-04-19T11:00:00Z error'; echo '2013-04-19T12:01:00Z fine'"), "error"))).Status,
            Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task FromCommand_Fails_IsAnErrorWithItsLastWords()
    {
        var step = await VerifyAsync(test => test.From(LogTest.FromCommand("echo no such unit >&2; (exit 4)"), "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(step.Message, Does.Contain("exit code 4").And.Contain("no such unit"));
    }

    [Test]
    public async Task FromCommand_LinesWithoutTimes_AreRefused() =>
        Assert.That((await VerifyAsync(test => test.From(LogTest.FromCommand("echo error"), "error"))), Has.Property("Status").EqualTo(StepStatus.Error).And.Property("Message").Contains("without a time"));

    [Test]
    public async Task FromCommand_WithoutASandbox_IsAnError() =>
        Assert.That(
            (await new StepHarness().RunAsync(builder => builder.AddLogTest(test => test.From(LogTest.FromCommand("cat x"), "error").Over(new TestWindow(Start, Start, Start.AddMinutes(3)))))).Status,
            Is.EqualTo(StepStatus.Error));

    [Test]
    public async Task Canary_CommandOfTheSettings_WritesTheLineThatTheFileShows()
    {
        var folder = Directory.CreateTempSubdirectory("canary-").FullName;
        var path = Path.Combine(folder, "app.log");
        File.WriteAllText(path, "2013-04-19T11:00:00Z fine\n");
        var settings = new JsonObject
        {
            ["query"] = "error",
            ["source"] = new JsonObject { ["provider"] = "file", ["path"] = path },
            ["canary"] = new JsonObject { ["command"] = $"echo \"2013-04-19T12:03:01Z canary $WERCKER_CANARY\" >> {path}" },
        };
        await using var sandboxes = new Sandboxes();
        var clock = new FakeTimeProvider(Start);
        var harness = new StepHarness { Sandbox = sandboxes.Provider, Services = new PipelineServices { TimeProvider = clock } };
        var run = harness.RunAsync(builder => builder.AddLogTest(LogTest.FromSettings(new SettingsReader(settings, "logTest"), [])));
        while (!run.IsCompleted)
        {
            // Only the wait for the window is skipped: a command in a sandbox takes real time.
            if (clock.GetUtcNow() < Start.AddMinutes(3))
            {
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Yield();
        }

        Assert.That((await run).Status, Is.EqualTo(StepStatus.Succeeded), (await run).Message);
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Sandboxes : IAsyncDisposable
    {
        public ISandboxProvider Provider { get; } = new ProcessSandboxProvider();

        public ValueTask DisposeAsync() => Provider is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
    }
}

using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.Retry;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class DeployPipelineTests
{
    private readonly StepTrace _trace = new();

    private static readonly DeployRequest Request = new("shop", "a1b2c3d");

    private static DeployPipelineBuilder Builder(PipelineServices? services = null) => new("shop", services);

    [Test]
    public async Task DeployAsync_AllStepsSucceed_RunsThemInOrderAndSucceeds()
    {
        var report = await Builder().AddStep("one", _trace.Step("one")).AddStage("s", s => s.AddStep("two", _trace.Step("two"))).AddStep("three", _trace.Step("three"))
            .Build().DeployAsync(Request);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "one", "two", "three" }));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(report.Steps.Select(step => step.Name), Is.EqualTo(new[] { "one", "s/two", "three" }));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.NotNeeded));
        Assert.That(report.EnsureSucceeded(), Is.SameAs(report));
    }

    [Test]
    public async Task DeployAsync_StepFails_UndoesStartedStepsLastFirstTheFailedOneToo()
    {
        var report = await Builder().AddStep("a", _trace.Reversible("a")).AddStep("b", _trace.Reversible("b", StepResult.Failed("no"))).AddStep("c", _trace.Reversible("c"))
            .Build().DeployAsync(Request);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "b", "undo b", "undo a" }));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
        Assert.That(report.RootCause!.Name, Is.EqualTo("b"));
        Assert.That(report.Steps[2].Status, Is.EqualTo(StepStatus.NotRun));
        Assert.That(report.Summary, Does.Contain("b: no.").And.Contain("put back"));
        Assert.That(() => report.EnsureSucceeded(), Throws.TypeOf<DeploymentFailedException>());
    }

    [Test]
    public async Task DeployAsync_UndoFails_GoesOnWithTheOthersAndNeverMasksTheFirstError()
    {
        var report = await Builder()
            .AddStep("a", _trace.Reversible("a"))
            .AddStep("b", _trace.Reversible("b", null, () => throw new IOException("cannot undo")))
            .AddStep("c", _trace.Reversible("c", StepResult.Failed("root cause")))
            .Build().DeployAsync(Request);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "b", "c", "undo c", "undo b", "undo a" }));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Failed));
        Assert.That(report.RootCause!.Message, Is.EqualTo("root cause"));
        Assert.That(report.Summary, Does.Contain("root cause").And.Contain("COULD NOT BE PUT BACK").And.Contain("cannot undo"));
    }

    [Test]
    public async Task DeployAsync_PolicyLeave_UndoesNothing()
    {
        var report = await Builder().LeaveOnFailure().AddStep("a", _trace.Reversible("a", StepResult.Failed("no"))).Build().DeployAsync(Request);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "a" }));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Left));
    }

    [Test]
    public async Task DeployAsync_StepThrows_BecomesErrorWithMaskedText()
    {
        var report = await Builder().WithSecret("TOKEN", new Secret("hunter2-hunter2"))
            .AddStep("a", (_, _) => throw new InvalidOperationException("bad token hunter2-hunter2")).Build().DeployAsync(Request);

        Assert.That(report.Steps[0].Status, Is.EqualTo(StepStatus.Error));
        Assert.That(report.Steps[0].Message, Is.EqualTo("bad token ***"));
        Assert.That(report.Steps[0].Error, Does.Contain("InvalidOperationException").And.Not.Contain("hunter2"));
        Assert.That(report.Environment["TOKEN"], Is.EqualTo("***"));
    }

    [Test]
    public async Task DeployAsync_Inconclusive_FailsByDefaultAndWarnsWhenAllowed([Values] bool goesOn)
    {
        var report = await Builder()
            .AddStep("look", _trace.Step("look", StepResult.Inconclusive("nothing seen")), o => o.ContinueOnInconclusive = goesOn)
            .AddStep("after", _trace.Step("after")).Build().DeployAsync(Request);

        Assert.That(report.Status, Is.EqualTo(goesOn ? DeployStatus.Succeeded : DeployStatus.Inconclusive));
        Assert.That(_trace.Names.Contains("after"), Is.EqualTo(goesOn));
        Assert.That(report.Warnings, Has.Count.EqualTo(goesOn ? 1 : 0));
    }

    [Test]
    public async Task DeployAsync_ContinueOnFailure_SucceedsWithAWarning()
    {
        var report = await Builder().AddStep("a", _trace.Step("a", StepResult.Failed("no")), o => o.ContinueOnFailure = true).AddStep("b", _trace.Step("b")).Build().DeployAsync(Request);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(report.Warnings.Single(), Does.StartWith("a: ").And.Contain("no"));
        Assert.That(report.RootCause, Is.Null);
    }

    [Test]
    public async Task DeployAsync_ConditionDoesNotHold_SkipsWithItsSourceText()
    {
        var report = await Builder().AddStep("a", _trace.Reversible("a"), o => o.WhenRequest(r => r.App == "other")).AddStep("b", _trace.Reversible("b", StepResult.Failed("x"))).Build().DeployAsync(Request);

        Assert.That(report.Steps[0].Status, Is.EqualTo(StepStatus.Skipped));
        Assert.That(report.Steps[0].Message, Does.Contain("r.App == \"other\""));
        Assert.That(_trace.Names, Is.EqualTo(new[] { "b", "undo b" }), "a skipped step has nothing to undo");
    }

    [Test]
    public async Task DeployAsync_StepTakesTooLong_IsAnError()
    {
        var clock = new FakeTimeProvider();
        var started = new TaskCompletionSource();
        var run = Builder(new PipelineServices { TimeProvider = clock })
            .AddStep("slow", async (_, token) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, token);
                return StepResult.Succeeded();
            }, o => o.Timeout = TimeSpan.FromMinutes(3)).Build().DeployAsync(Request);
        await started.Task;
        clock.Advance(TimeSpan.FromMinutes(3));
        var report = await run;

        Assert.That(report.Steps[0].Status, Is.EqualTo(StepStatus.Error));
        Assert.That(report.Steps[0].Message, Does.Contain("3 minutes"));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
    }

    [Test]
    public async Task DeployAsync_Canceled_UndoesAndRunsWhatAlwaysRuns()
    {
        using var cancel = new CancellationTokenSource();
        var undoToken = CancellationToken.None;
        var report = await Builder()
            .AddStep("a", _trace.Reversible("a", null, () => StepResult.Succeeded()))
            .AddStep("b", async (_, token) =>
            {
                await cancel.CancelAsync();
                token.ThrowIfCancellationRequested();
                return StepResult.Succeeded();
            })
            .AddStep("c", _trace.Step("c"))
            .AddStep("clean", (context, token) =>
            {
                undoToken = token;
                _trace.Names.Add($"clean {context.HasFailed}");
                return new(StepResult.Succeeded());
            }, o => o.RunAlways = true)
            .Build().DeployAsync(Request, cancel.Token);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "clean True", "undo a" }));
        Assert.That(undoToken.IsCancellationRequested, Is.False);
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Canceled));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public async Task DeployAsync_CanceledBetweenSteps_IsCanceled()
    {
        using var cancel = new CancellationTokenSource();
        var report = await Builder().AddStep("a", (_, _) =>
        {
            cancel.Cancel();
            return new(StepResult.Succeeded());
        }).AddStep("b", _trace.Step("b")).Build().DeployAsync(Request, cancel.Token);

        Assert.That(_trace.Names, Is.Empty);
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Canceled));
    }

    [Test]
    public async Task DeployAsync_Aborted_StopsTheUndoAndSaysSo()
    {
        using var cancel = new CancellationTokenSource();
        using var abort = new CancellationTokenSource();
        var report = await Builder().AddStep("a", new AbortingUndo(cancel, abort)).AddStep("b", _trace.Step("b")).Build().DeployAsync(Request, abort.Token, cancel.Token);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Canceled));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Failed));
    }

    private sealed class AbortingUndo(CancellationTokenSource cancel, CancellationTokenSource abort) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            cancel.Cancel();
            return new(StepResult.Succeeded());
        }

        public async ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            await abort.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return StepResult.Succeeded();
        }
    }

    [Test]
    public async Task DeployAsync_ParallelGroup_RunsAtTheSameTimeAndWaitsForAll()
    {
        var both = new CountdownEvent(2);
        ValueTask<StepResult> Meet(StepResult result)
        {
            both.Signal();
            return new(both.Wait(TimeSpan.FromSeconds(30)) ? result : StepResult.Failed("the other did not come"));
        }

        var report = await Builder()
            .AddParallel("p", p => p.AddStep("x", (_, _) => Meet(StepResult.Succeeded())).AddStep("y", (_, _) => Meet(StepResult.Failed("no"))))
            .AddStep("after", _trace.Step("after")).Build().DeployAsync(Request);

        Assert.That(report.Steps[0].Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(report.RootCause!.Name, Is.EqualTo("p/y"));
        Assert.That(_trace.Names, Is.Empty);
    }

    [Test]
    public async Task DeployAsync_Retry_RetriesAccidentsAndNotVerdicts([Values] bool accident)
    {
        var tries = 0;
        var report = await Builder().AddStep("a", (_, _) =>
        {
            tries++;
            return accident && tries < 3 ? throw new IOException("try again") : new(accident ? StepResult.Succeeded() : StepResult.Failed("no"));
        }, o => o.Resilience = r => r.AddRetry(new RetryStrategyOptions<StepResult> { MaxRetryAttempts = 5, Delay = TimeSpan.Zero })).Build().DeployAsync(Request);

        Assert.That(tries, Is.EqualTo(accident ? 3 : 1));
        Assert.That(report.Status, Is.EqualTo(accident ? DeployStatus.Succeeded : DeployStatus.Failed));
    }
}

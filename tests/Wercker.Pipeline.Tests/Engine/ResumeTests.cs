using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class ResumeTests
{
    private static readonly DeployRequest Request = new("shop", "a1b2c3d") { Id = "d1", RequestedBy = "ann" };

    private readonly InMemoryJournal _journal = new();
    private readonly StepTrace _trace = new();

    [Test]
    public void ResumeAsync_UnknownDeployment_SaysSo() =>
        Assert.That(() => Builder().AddStep("a", _trace.Step("a")).Build().ResumeAsync("d7"), Throws.TypeOf<ConfigurationException>().With.Message.Contains("d7"));

    [Test]
    public async Task ResumeAsync_FinishedDeployment_GivesItsReportAndRunsNothing()
    {
        var pipeline = Builder().AddStep("a", _trace.Step("a")).Build();
        var report = await pipeline.DeployAsync(Request);

        var again = await pipeline.ResumeAsync("d1");

        Assert.That(again.Summary, Is.EqualTo(report.Summary));
        Assert.That(_trace.Names, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task ResumeAsync_OtherStepsThanThen_IsRefused()
    {
        await EndDuringAsync("a");

        Assert.That(
            () => Builder().AddStep("b", _trace.Step("b")).Build().ResumeAsync("d1"),
            Throws.TypeOf<ConfigurationException>().With.Message.Contains("was a and is b now"));
    }

    [Test]
    public async Task ResumeAsync_OtherRevision_IsRefused()
    {
        var pipeline = await EndDuringAsync("a");

        Assert.That(() => pipeline.ResumeAsync("d1", new DeployRequest("shop", "fffffff")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("a1b2c3d"));
    }

    [Test]
    public async Task ResumeAsync_SecretNotGivenAgain_IsRefusedAndSaysWhich()
    {
        var request = Request with { SecretVariables = new Dictionary<string, Secret> { ["TOKEN"] = new("hunter2-hunter2") } };
        var pipeline = await EndDuringAsync("a", request: request);

        Assert.That(() => pipeline.ResumeAsync("d1"), Throws.TypeOf<ConfigurationException>().With.Message.Contains("TOKEN"));
        Assert.That((await pipeline.ResumeAsync("d1", request)).Environment["TOKEN"], Is.EqualTo("***"));
    }

    [Test]
    public async Task ResumeAsync_WithoutRequest_HasTheVariablesAndTheSourceOfTheFirst()
    {
        var source = Source.Git(".", "a1b2c3d") with { Except = ["/tmp/state"] };
        DeployContext? seen = null;
        var pipeline = await EndDuringAsync(
            "a",
            context => seen = context,
            Request with { Source = source, Variables = new Dictionary<string, string> { ["COLOR"] = "blue" } });

        await pipeline.ResumeAsync("d1");

        Assert.That(seen!.Request.Source!.Path, Is.EqualTo(source.Path));
        Assert.That(seen.Request.Source.GitRevision, Is.EqualTo("a1b2c3d"));
        Assert.That(seen.Request.Source.Except, Is.EqualTo(new[] { "/tmp/state" }));
        Assert.That(seen.Environment.TryGet("COLOR", out var color) ? color : null, Is.EqualTo("blue"));
        Assert.That(seen.Request.RequestedBy, Is.EqualTo("ann"));
    }

    [Test]
    public async Task ResumeAsync_ScriptCutOff_IsReportedAsUnknownAndUndone()
    {
        await EndAsync(Events(("on", true), ("script", false)));
        var report = await Builder().AddStep("on", _trace.Reversible("on")).AddStep("script", _trace.Step("script")).Build().ResumeAsync("d1");

        Assert.That(_trace.Names, Is.EqualTo(new[] { "undo on" }));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Inconclusive));
        Assert.That(report.RootCause!.Name, Is.EqualTo("script"));
        Assert.That(report.RootCause.Message, Does.Contain("nobody can tell how far it came"));
        Assert.That(report.Warnings, Has.One.Contains("while script ran"));
    }

    [Test]
    public async Task ResumeAsync_StepThatMayRunAgain_IsRunAgain()
    {
        await EndAsync(Events(("on", true), ("script", false)));
        var report = await Builder().AddStep("on", _trace.Reversible("on"))
            .AddStep("script", _trace.Step("script"), options => options.ResumeBehavior = ResumeBehavior.RunAgain).Build().ResumeAsync("d1");

        Assert.That(_trace.Names, Is.EqualTo(new[] { "script" }));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
    }

    [Test]
    public async Task AbandonAsync_DeploymentCutOff_IsClosedAsItIs()
    {
        await EndAsync(Events(("on", true), ("script", false)));
        var pipeline = Builder().AddStep("on", _trace.Reversible("on")).AddStep("script", _trace.Step("script")).Build();

        var report = await pipeline.AbandonAsync("d1", "the app is gone");

        Assert.That(_trace.Names, Is.Empty);
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Canceled));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Left));
        Assert.That(report.Summary, Does.Contain("the app is gone"));
        Assert.That((await pipeline.ResumeAsync("d1")).Status, Is.EqualTo(DeployStatus.Canceled));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task ResumeAsync_InTheWarmUp_WaitsOnlyForWhatIsLeft(CancellationToken cancellationToken)
    {
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var clock = new FakeTimeProvider(noon.AddSeconds(40));
        await EndAsync(
        [
            .. Events(("test", false)).Select(e => e with { At = noon }),
            new() { DeploymentId = "d1", Sequence = 3, At = noon, Kind = DeployEventKind.ValueStored, Step = "test", Key = "wercker.warmup.until", Value = JsonSerializer.SerializeToElement(noon.AddSeconds(60)) },
        ]);
        var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Journal = _journal, TimeProvider = clock }).WithVariable(PostDeployTestStep.WarmUpVariable, "60")
            .AddStep("test", new PostDeployTestStep([new WerckerCommand("curl")])).Build();

        var resumed = pipeline.ResumeAsync("d1", null, cancellationToken);
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.That(resumed.IsCompleted, Is.False);
        clock.Advance(TimeSpan.FromSeconds(1));

        // There is no sandbox, so the test fails as soon as the warm-up is over.
        Assert.That((await resumed.WaitAsync(cancellationToken)).Steps[0].Message, Does.Contain("needs a sandbox"));
    }

    [Test]
    public async Task ResumeAsync_SessionOfAFinishedStepIsGone_DoesNotGoOnWithoutIt()
    {
        DeployPipeline Pipeline(IDeploymentJournal journal) => Builder(journal).UseSandbox(new FakeSandboxProvider())
            .UseTarget(new CustomTarget("custom", [new("./deploy.sh")], [new("./rollback.sh")]))
            .AddWerckerFlow(flow => flow.PreDeploy = [new("make")]).Build();
        await Pipeline(new LastingJournal(_journal, DeployEventKind.StepFinished, "PreDeployCustom")).DeployAsync(Request).ContinueWith(_ => { }, TaskScheduler.Default);

        var report = await Pipeline(_journal).ResumeAsync("d1");

        Assert.That(report.RootCause!.Name, Is.EqualTo("Push"));
        Assert.That(report.RootCause.Message, Does.Contain("PreDeployCustom left in the sandbox"));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public async Task DeployAsync_LeaseLost_ChangesNothingMore()
    {
        var lease = new LosableLease();
        var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Journal = _journal, Lock = lease }).UseTarget(new FakeTarget())
            .AddStep("on", _trace.Reversible("on"))
            .AddStep("lose", (_, _) =>
            {
                lease.IsHeld = false;
                return new(StepResult.Succeeded());
            })
            .AddStep("never", _trace.Step("never")).Build();

        Assert.That(() => pipeline.DeployAsync(Request), Throws.TypeOf<DeploymentLockedException>().With.Message.Contains("lost its lease"));
        Assert.That(_trace.Names, Is.EqualTo(new[] { "on" }));

        lease.IsHeld = true;
        Assert.That((await pipeline.ResumeAsync("d1")).Steps[2].Status, Is.EqualTo(StepStatus.Succeeded));
    }

    [Test]
    public async Task ResumeAsync_TwoProcessesAtOnce_OnlyOneGoesOn()
    {
        await EndAsync(Events(("on", true)));
        var pipeline = Builder().AddStep("on", _trace.Reversible("on")).Build();
        var zombie = new DeployEvent { DeploymentId = "d1", Sequence = 4, At = DateTimeOffset.UnixEpoch, Kind = DeployEventKind.Warning, Message = "late" };
        await pipeline.ResumeAsync("d1");

        Assert.That(async () => await _journal.AppendAsync(zombie, CancellationToken.None), Throws.TypeOf<DeploymentLockedException>());
    }

    private DeployPipelineBuilder Builder(IDeploymentJournal? journal = null) => new("shop", new PipelineServices { Journal = journal ?? _journal });

    /// <summary>Ends a process while the only step runs, and gives the pipeline to go on with.</summary>
    private async Task<DeployPipeline> EndDuringAsync(string step, Action<DeployContext>? look = null, DeployRequest? request = null)
    {
        DeployPipeline Pipeline(IDeploymentJournal journal) => Builder(journal).AddStep(
            step,
            (context, _) =>
            {
                look?.Invoke(context);
                return new(StepResult.Succeeded());
            },
            options => options.ResumeBehavior = ResumeBehavior.RunAgain).Build();
        await Pipeline(new LastingJournal(_journal, DeployEventKind.StepStarted, step)).DeployAsync(request ?? Request).ContinueWith(_ => { }, TaskScheduler.Default);
        return Pipeline(_journal);
    }

    private async Task EndAsync(IEnumerable<DeployEvent> events)
    {
        foreach (var deployEvent in events)
        {
            await _journal.AppendAsync(deployEvent, CancellationToken.None);
        }
    }

    private static IEnumerable<DeployEvent> Events(params (string Step, bool Finished)[] steps)
    {
        var sequence = 0L;
        DeployEvent Next(DeployEventKind kind) => new() { DeploymentId = "d1", Sequence = ++sequence, At = DateTimeOffset.UnixEpoch.AddSeconds(sequence), Kind = kind };
        yield return Next(DeployEventKind.DeploymentStarted) with
        {
            Header = new DeploymentHeader { Pipeline = "shop", App = "shop", Revision = "a1b2c3d", Steps = [.. steps.Select(step => step.Step)] },
        };
        foreach (var (step, finished) in steps)
        {
            yield return Next(DeployEventKind.StepStarted) with { Step = step };
            if (finished)
            {
                yield return Next(DeployEventKind.StepFinished) with { Step = step, Status = StepStatus.Succeeded };
            }
        }
    }

    /// <summary>Takes events up to one of a kind, by its step or key; then its process has ended.</summary>
    private sealed class LastingJournal(IDeploymentJournal journal, DeployEventKind last, string name) : IDeploymentJournal
    {
        private bool _isOver;

        public ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
        {
            if (_isOver)
            {
                throw new ProcessEndedException();
            }

            _isOver = deployEvent.Kind == last && (deployEvent.Step == name || deployEvent.Key == name);
            return journal.AppendAsync(deployEvent, cancellationToken);
        }

        public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) => journal.ReadAsync(deploymentId, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => journal.ListAsync(cancellationToken);
    }

    private sealed class LosableLease : IDeploymentLock, IDeploymentLease
    {
        public bool IsHeld { get; set; } = true;

        public long FencingToken => 1;

        public CancellationToken Lost => CancellationToken.None;

        public ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken) => new(this);

        public ValueTask<bool> CheckAsync(CancellationToken cancellationToken) => new(IsHeld);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

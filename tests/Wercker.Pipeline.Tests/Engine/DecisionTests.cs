using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class DecisionTests
{
    private static readonly DeployRequest Request = new("shop", "a1b2c3d") { Id = "d1" };
    private static readonly StepResult No = StepResult.Failed("no");

    private readonly StepTrace _trace = new();
    private readonly InMemoryJournal _journal = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedDecisions _people = new();

    [Test]
    public async Task Retry_UntilItSucceeds_DeploysAndUndoesNothing()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Retry, "ann", "the network was down"));
        _people.Answers.Enqueue(new Decision(DecisionChoice.Retry, "bob"));
        var tries = 0;

        var report = await Builder().AddStep("a", _trace.Reversible("a")).AddStep("b", (_, _) => new(++tries < 3 ? No : StepResult.Succeeded())).Build().DeployAsync(Request);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
        Assert.That(tries, Is.EqualTo(3));
        Assert.That(report.Reverts, Is.Empty);
        Assert.That(report.Decisions.Select(one => (one.Attempt, one.Decision!.Choice, one.Decision.By, one.Decision.Reason)), Is.EqualTo(new[]
        {
            (1, DecisionChoice.Retry, "ann", "the network was down"), (2, DecisionChoice.Retry, "bob", null),
        }));
        Assert.That(report.Decisions.Select(one => one.Id), Is.EqualTo(new[] { "d1-1", "d1-2" }));
    }

    [Test]
    public async Task Retry_OnlyTheStepThatFailed_RunsAgain()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Retry, "ann"));
        _people.Answers.Enqueue(new Decision(DecisionChoice.RollBack, "ann"));

        await Builder().AddStep("a", _trace.Reversible("a")).AddStep("b", _trace.Reversible("b", No)).AddStep("c", _trace.Step("c")).Build().DeployAsync(Request);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "b", "b", "undo b", "undo a" }));
    }

    [Test]
    public async Task Ignore_GoesOnWithAWarningThatNamesWho()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Ignore, "ann", "known"));

        var report = await Builder().AddStep("a", _trace.Reversible("a", No)).AddStep("b", _trace.Step("b")).Build().DeployAsync(Request);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(report.Warnings, Has.Exactly(1).Contains("ann ignored: known"));
        Assert.That(report.Steps[0].Decided, Is.False);
    }

    [Test]
    public async Task Fail_LeavesTheTargetAndSaysWhoWantedThat()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Fail, "ann"));

        var report = await Builder().AddStep("a", _trace.Reversible("a")).AddStep("b", _trace.Reversible("b", No)).Build().DeployAsync(Request);

        Assert.That((report.Status, report.Restore), Is.EqualTo((DeployStatus.Failed, RestoreStatus.Left)));
        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "b" }), "Fail runs nothing again.");
        Assert.That(report.RootCause!.Name, Is.EqualTo("b"));
        Assert.That(report.Summary, Does.Contain("b: no.").And.Contain("as ann decided"));
    }

    [Test]
    public async Task RollBack_UndoesAndNamesTheRootCause()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.RollBack, "ann"));

        var report = await Builder().AddStep("a", _trace.Reversible("a")).AddStep("b", _trace.Step("b", StepResult.Inconclusive("blind"))).Build().DeployAsync(Request);

        Assert.That((report.Status, report.Restore, report.RootCause!.Name), Is.EqualTo((DeployStatus.Inconclusive, RestoreStatus.Restored, "b")));
        Assert.That(_people.Asked.Single().Question, Does.Contain("b could not judge: blind").And.Contain("shop a1b2c3d"));
    }

    [Test]
    public async Task NoAnswer_AtTheDeadline_TheDefaultCountsAndSaysSo([Values(DecisionChoice.RollBack, DecisionChoice.Fail, DecisionChoice.Ignore)] DecisionChoice otherwise)
    {
        var running = Builder(otherwise).AddStep("a", _trace.Reversible("a", No)).Build().DeployAsync(Request);
        await _people.AskedOnce;
        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.That(running.IsCompleted, Is.False);
        var report = await PassAsync(running);

        var decision = report.Decisions.Single().Decision!;
        Assert.That((decision.Choice, decision.By), Is.EqualTo((otherwise, "nobody")));
        Assert.That(decision.Reason, Does.Contain("12:30:00 UTC"));
        Assert.That(_people.Withdrawn, Is.EqualTo(1), "The question is taken back.");
        Assert.That(report.Restore, Is.EqualTo(otherwise switch { DecisionChoice.RollBack => RestoreStatus.Restored, DecisionChoice.Fail => RestoreStatus.Left, _ => RestoreStatus.NotNeeded }));
    }

    [Test]
    public async Task ChoiceThatTheStepDoesNotAllow_IsNoDecision()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Ignore, "ann"));

        var report = await Builder().AddStep("a", _trace.Reversible("a", No), options => options.AllowedDecisions = [DecisionChoice.Retry, DecisionChoice.Fail]).Build().DeployAsync(Request);

        var decision = report.Decisions.Single();
        Assert.That(decision.Choices, Is.EqualTo(new[] { DecisionChoice.Retry, DecisionChoice.Fail }));
        Assert.That((decision.Decision!.Choice, decision.Decision.By), Is.EqualTo((DecisionChoice.Fail, "nobody")));
        Assert.That(decision.Decision.Reason, Does.Contain("ann answered ignore, which was not offered"));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
    }

    [Test]
    public async Task StepThatAllowsNothing_AsksNobody()
    {
        var report = await Builder().AddStep("a", _trace.Reversible("a", No), options => options.AllowedDecisions = []).Build().DeployAsync(Request);

        Assert.That(_people.Asked, Is.Empty);
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public async Task StepThatMayFail_AsksNobody()
    {
        var report = await Builder().AddStep("a", _trace.Step("a", No), options => options.ContinueOnFailure = true).Build().DeployAsync(Request);

        Assert.That(_people.Asked, Is.Empty);
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
    }

    [Test]
    public async Task Timeout_IsAskedOverLikeEveryOtherFailure()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Fail, "ann"));
        var running = Builder().AddStep("a", async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            return StepResult.Succeeded();
        }, options => options.Timeout = TimeSpan.FromSeconds(5)).Build().DeployAsync(Request);
        var report = await PassAsync(running);

        Assert.That(_people.Asked.Single().Question, Does.Contain("took longer than 5 s"));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.NotNeeded));
    }

    [Test]
    public async Task ProviderThatFails_TheDefaultCountsAndTheReportSaysWhy()
    {
        _people.Fault = new IOException("no bot");

        var report = await Builder().AddStep("a", _trace.Reversible("a", No)).Build().DeployAsync(Request);

        Assert.That(report.Decisions.Single().Decision!.Reason, Does.Contain("nobody could be asked: no bot"));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public async Task Cancel_WhileTheQuestionIsOpen_TakesBackAndKeepsTheFirstError()
    {
        using var cancel = new CancellationTokenSource();
        var running = Builder().AddStep("a", _trace.Reversible("a", No)).Build().DeployAsync(Request, cancel.Token);
        await _people.AskedOnce;

        await cancel.CancelAsync();
        var report = await running;

        Assert.That((report.Status, report.Restore, report.RootCause!.Name), Is.EqualTo((DeployStatus.Failed, RestoreStatus.Restored, "a")));
        Assert.That(report.Decisions.Single().Decision!.By, Is.EqualTo("nobody"));
    }

    [Test]
    public async Task ParallelSteps_BothFail_TheFirstRollBackEndsTheOtherQuestion()
    {
        var running = Builder().AddParallel("all", all => all.AddStep("a", _trace.Reversible("a", No)).AddStep("b", _trace.Reversible("b", No))).Build().DeployAsync(Request);
        await _people.WaitForAsync(2);
        _people.Decide("all/b", new Decision(DecisionChoice.RollBack, "ann"));

        var report = await running;

        Assert.That(report.RootCause!.Name, Is.EqualTo("all/b"));
        Assert.That(report.Decisions.Select(one => one.Decision!.By), Is.EquivalentTo(new[] { "ann", "nobody" }));
        Assert.That(report.Reverts, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Secrets_InQuestionAndAnswer_AreMaskedBeforeAnybodySeesThem()
    {
        _people.Answers.Enqueue(new Decision(DecisionChoice.Ignore, "ann hunter2-hunter2", "because hunter2-hunter2"));
        var request = Request with { SecretVariables = new Dictionary<string, Secret> { ["TOKEN"] = new("hunter2-hunter2") } };

        var report = await Builder().AddStep("a", _trace.Step("a", StepResult.Failed("no hunter2-hunter2"))).Build().DeployAsync(request);

        Assert.That(_people.Asked.Single().Question, Does.Contain("no ***"));
        var journal = string.Concat((await DeployEvents.ReadAsync(_journal, "d1")).Select(e => System.Text.Encoding.UTF8.GetString(e.ToJson())));
        Assert.That(journal, Does.Not.Contain("hunter2"));
        Assert.That(report.Warnings.Single(), Does.Contain("ann *** ignored: because ***"));
    }

    [Test]
    public async Task Resume_WhileTheQuestionIsOpen_AsksTheSameOneWithWhatIsLeftOfItsTime()
    {
        await EndWhileAskedAsync();
        _clock.Advance(TimeSpan.FromMinutes(20));
        var again = new ScriptedDecisions();

        var running = Pipeline(again).ResumeAsync("d1");
        await again.AskedOnce;
        var (then, now) = (_people.Asked.Single(), again.Asked.Single());
        Assert.That((now.Id, now.Due, now.AskedAt, now.Question), Is.EqualTo((then.Id, then.Due, then.AskedAt, then.Question)));
        var report = await PassAsync(running);

        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "b", "undo b", "undo a" }));
        Assert.That((report.Status, report.RootCause!.Name, report.Decisions.Count), Is.EqualTo((DeployStatus.Failed, "b", 1)));
    }

    [Test]
    public async Task Resume_AfterTheDeadline_AnAnswerThatCameMeanwhileCountsAndElseTheDefault([Values] bool answered)
    {
        await EndWhileAskedAsync();
        _clock.Advance(TimeSpan.FromHours(2));
        var again = new ScriptedDecisions();
        if (answered)
        {
            again.Answers.Enqueue(new Decision(DecisionChoice.Ignore, "ann"));
        }

        var report = await PassAsync(Pipeline(again).ResumeAsync("d1"));

        Assert.That(report.Status, Is.EqualTo(answered ? DeployStatus.Succeeded : DeployStatus.Failed));
        Assert.That(report.Decisions.Single().Decision!.By, Is.EqualTo(answered ? "ann" : "nobody"));
    }

    [Test]
    public async Task Undo_WhileTheQuestionIsOpen_AsksNobodyAndKeepsTheFirstError()
    {
        await EndWhileAskedAsync();
        var again = new ScriptedDecisions();

        var report = await Pipeline(again).UndoAsync("d1");

        Assert.That(again.Asked, Is.Empty);
        Assert.That((report.Status, report.Restore, report.RootCause!.Name), Is.EqualTo((DeployStatus.Failed, RestoreStatus.Restored, "b")));
    }

    [Test]
    public void Build_NobodyToAsk_IsRefused([Values] bool gate)
    {
        var builder = new DeployPipelineBuilder("shop").AddStep("a", _trace.Step("a"));
        _ = gate ? builder.AddApproval("gate", TimeSpan.FromHours(1)) : builder.AskOnFailure(TimeSpan.FromHours(1));

        Assert.That(builder.Build, Throws.TypeOf<ConfigurationException>().With.Message.Contains("nobody to ask"));
    }

    [TestCase(DecisionChoice.Retry)]
    [TestCase(DecisionChoice.Approve)]
    public void AskOnFailure_DefaultThatIsNone_IsRefused(DecisionChoice otherwise) =>
        Assert.That(() => Builder(otherwise), Throws.TypeOf<ConfigurationException>());

    [TestCase(0)]
    [TestCase(31 * 24)]
    public void AskOnFailure_ImpossibleTime_IsRefused(int hours) =>
        Assert.That(() => new DeployPipelineBuilder("shop").AskOnFailure(TimeSpan.FromHours(hours)), Throws.TypeOf<ConfigurationException>());

    private DeployPipelineBuilder Builder(DecisionChoice otherwise = DecisionChoice.RollBack, IDecisionProvider? people = null, IDeploymentJournal? journal = null, TimeProvider? clock = null) =>
        new DeployPipelineBuilder("shop", new PipelineServices { Journal = journal ?? _journal, TimeProvider = clock ?? _clock, Decisions = people ?? _people }).AskOnFailure(TimeSpan.FromMinutes(30), otherwise);

    private DeployPipeline Pipeline(IDecisionProvider people, IDeploymentJournal? journal = null, TimeProvider? clock = null) =>
        Builder(people: people, journal: journal, clock: clock).AddStep("a", _trace.Reversible("a")).AddStep("b", _trace.Reversible("b", No)).AddStep("c", (_, _) => new(StepResult.Succeeded())).Build();

    /// <summary>Lets time pass, minute by minute, until the deployment has ended: a timer that is made in between is not missed.</summary>
    private async Task<DeployReport> PassAsync(Task<DeployReport> running)
    {
        for (var i = 0; i < 6000 && !running.IsCompleted; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(running, Task.Delay(10));
        }

        return await running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Leaves a journal whose last event is a verdict with an open question.</summary>
    private async Task EndWhileAskedAsync()
    {
        var lost = new InMemoryJournal();

        // Its clock stands: it never comes to an end.
        _ = Pipeline(_people, lost, new FakeTimeProvider(_clock.GetUtcNow())).DeployAsync(Request);
        await _people.AskedOnce;
        foreach (var e in await DeployEvents.ReadAsync(lost, "d1"))
        {
            await _journal.AppendAsync(e, CancellationToken.None);
        }
    }
}

using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Tests.Http;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class VerifiedRollBackTests
{
    private readonly FakeTarget _target = new();
    private readonly FakeSandboxProvider _sandbox = new();

    [Test]
    public async Task RollBack_TheSameTestPasses_TheTargetIsPutBackAndTheReportHasTheTest()
    {
        _target.AddRelease("good");
        _sandbox.Script.On("test", new FakeReply { ExitCode = 1 }, new FakeReply());

        var report = await DeployAsync();

        Assert.That((report.Status, report.Restore, report.RootCause!.Name), Is.EqualTo((DeployStatus.Failed, RestoreStatus.Restored, "PostDeployTest")));
        Assert.That(report.Reverts.Select(one => (one.Name, one.Status)), Is.EqualTo(new[]
        {
            ("Push", StepStatus.Succeeded), ("MaintenanceOn", StepStatus.Skipped), ("PostDeployTest (rolled back)", StepStatus.Succeeded),
        }));
        Assert.That(Commands.TakeLast(3), Is.EqualTo(new[] { "export WERCKER_ROLLED_BACK=true", "cd \"$WERCKER_ROOT\"", "test" }));
    }

    [Test]
    public async Task RollBack_TheSameTestFails_TheTargetNeedsAPersonAndTheFirstErrorStays()
    {
        _target.AddRelease("good");
        _sandbox.Script.On("test", new FakeReply { ExitCode = 1 }, new FakeReply { ExitCode = 7 });

        var report = await DeployAsync();

        Assert.That((report.Status, report.Restore), Is.EqualTo((DeployStatus.Failed, RestoreStatus.Failed)));
        Assert.That(report.RootCause!.Message, Does.Contain("exit code 1"));
        Assert.That(report.Summary, Does.Contain("exit code 1").And.Contain("COULD NOT BE PUT BACK").And.Contain("exit code 7"));
        Assert.That(_target.Calls.Count(call => call.Operation == TargetOperation.RollBack), Is.EqualTo(1), "It is rolled back once, whatever the test says.");
    }

    [Test]
    public async Task RollBack_TheTestCannotTellTheVersionsApart_NothingIsProven()
    {
        _target.AddRelease("good");
        _sandbox.Script.On("test", new FakeReply { ExitCode = 1 }, new FakeReply { ExitCode = 1 });

        var report = await DeployAsync();

        Assert.That((report.Status, report.Restore, report.RootCause!.Name), Is.EqualTo((DeployStatus.Failed, RestoreStatus.Unproven, "PostDeployTest")));
        Assert.That(report.Summary, Does.Contain("does not prove it"));
        Assert.That(report.Reverts[^1].Message, Does.Contain("as it did with the new version").And.Contain("exit code 1"));
    }

    [Test]
    public async Task NothingWasReleased_NothingIsTestedAgain()
    {
        _target.AddRelease("good");
        _target.Throw(TargetOperation.Push, new HttpRequestException("reset"));

        var report = await DeployAsync();

        Assert.That(Commands, Has.None.EqualTo("test"));
        Assert.That(report.Reverts.Select(one => (one.Name, one.Status)), Does.Contain(("PostDeployTest (rolled back)", StepStatus.Skipped)).Or.None.Matches<(string Name, StepStatus)>(one => one.Name.StartsWith("PostDeployTest", StringComparison.Ordinal)));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public async Task NoWayBack_NothingIsTestedAgainAndItWasSaidBeforehand()
    {
        _sandbox.Script.On("test", new FakeReply { ExitCode = 1 });

        var report = await DeployAsync();

        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.NotPossible));
        Assert.That(Commands.Count(text => text == "test"), Is.EqualTo(1));
        Assert.That(report.Steps.Single(step => step.Name == "Setup").Message, Does.Contain("nothing was released before"));
    }

    [Test]
    public async Task Setup_ReleaseThatCannotBeGoneBackTo_WarnsBeforeAnythingIsChanged()
    {
        var target = new PickyTarget("the platform does not keep it any more");

        var report = await new DeployPipelineBuilder("shop").UseTarget(target).AddSetup().Build().DeployAsync(new DeployRequest("shop", "a1b2c3d"));

        Assert.That(report.Warnings.Single(), Is.EqualTo("Setup: v1 is live, and cannot be gone back to: the platform does not keep it any more"));
    }

    [Test]
    public async Task CustomTarget_WithoutRollbackCommands_SaysSoInPlanAndSetup()
    {
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(new CustomTarget("own", [new WerckerCommand("./deploy.sh")])).UseSandbox(_sandbox).AddWerckerFlow(flow => flow.WarmUp = TimeSpan.Zero).Build();

        var plan = pipeline.Plan(new DeployRequest("shop", "a1b2c3d"));
        var report = await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d"));

        const string Words = "a deployment cannot be taken back: target 'own' has no \"rollback\" commands";
        Assert.That(plan.Steps.Single(step => step.Name == "Push").Warnings, Is.EqualTo(new[] { Words }));
        Assert.That(report.Steps.Single(step => step.Name == "Setup").Message, Does.Contain(Words));
        Assert.That(report.Warnings, Is.Empty);
    }

    [Test]
    public async Task OwnPipeline_StepThatVerifiesARollBack_RunsOnceMoreAndKnowsIt()
    {
        var trace = new StepTrace();
        var seen = new List<bool>();

        var report = await new DeployPipelineBuilder("shop")
            .AddStep("publish", trace.Reversible("publish"))
            .AddStep("look", (context, _) =>
            {
                seen.Add(context.IsRolledBack);
                return new(context.IsRolledBack ? StepResult.Inconclusive("blind") : StepResult.Failed("no"));
            }, options => options.VerifiesRollBack = true)
            .Build().DeployAsync(new DeployRequest("shop", "a1b2c3d"));

        Assert.That(seen, Is.EqualTo(new[] { false, true }));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Unproven), "Who could not see does not know the target to be back.");
        Assert.That(report.RootCause!.Message, Is.EqualTo("no"));
    }

    [TestCase("v1", RestoreStatus.Restored)]
    [TestCase("v0", RestoreStatus.Failed)]
    public async Task OwnPipeline_HttpTestBehindSetup_ExpectsTheVersionThatAnsweredBefore(string back, RestoreStatus restore)
    {
        var live = "v1";
        await using var site = await LocalSite.StartAsync(context =>
        {
            context.Response.Headers["X-Version"] = live;
            return Task.CompletedTask;
        });

        var report = await new DeployPipelineBuilder("shop")
            .UseTarget(_target)
            .AddSetup()
            .AddStep("publish", new Publish(version => live = version, back))
            .AddHttpTest(
                "look",
                test => test.Get(site.Url + "page").VersionInHeader("X-Version").Passes(1, 1).Every(TimeSpan.FromMilliseconds(50)).TimeoutAfter(TimeSpan.FromMinutes(1)).Grace(TimeSpan.Zero),
                options => options.VerifiesRollBack = true)
            .AddStep("no", (_, _) => new(StepResult.Failed("no")))
            .Build().DeployAsync(new DeployRequest("shop", "a1b2c3d"));

        Assert.That(report.Steps.Single(step => step.Name == "look").Status, Is.EqualTo(StepStatus.Succeeded), report.Summary);
        Assert.That(report.Restore, Is.EqualTo(restore), report.Summary);
    }

    private sealed class Publish(Action<string> release, string back) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            release(context.Request.Revision);
            return new(StepResult.Succeeded());
        }

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            release(back);
            return new(StepResult.Succeeded());
        }
    }

    [Test]
    public async Task Resume_CutOffBetweenTwoTests_RunsTheOtherOneToo()
    {
        var whole = new InMemoryJournal();
        var trace = new StepTrace();
        DeployPipeline Pipeline(InMemoryJournal journal) => new DeployPipelineBuilder("shop", new PipelineServices { Journal = journal })
            .AddStep("publish", trace.Reversible("publish"))
            .AddStep("blind", (context, _) => new(context.IsRolledBack ? StepResult.Inconclusive("dark") : StepResult.Succeeded()), options => options.VerifiesRollBack = true)
            .AddStep("look", (context, _) => new(StepResult.Failed(context.IsRolledBack ? "still no" : "no")), options => options.VerifiesRollBack = true)
            .Build();
        var report = await Pipeline(whole).DeployAsync(new DeployRequest("shop", "a1b2c3d") { Id = "d1" });

        var cut = new InMemoryJournal();
        await foreach (var e in whole.ReadAsync("d1", default))
        {
            await cut.AppendAsync(e, default);
            if (e.Kind == DeployEventKind.RestoreTestFinished)
            {
                break;
            }
        }

        var resumed = await Pipeline(cut).ResumeAsync("d1");

        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Failed));
        Assert.That(resumed.Restore, Is.EqualTo(RestoreStatus.Failed));
        Assert.That(resumed.Reverts.Select(one => (one.Name, one.Status)), Is.EqualTo(report.Reverts.Select(one => (one.Name, one.Status))));
    }

    private IEnumerable<string> Commands => _sandbox.Script.Commands.Select(command => command.Text);

    private Task<DeployReport> DeployAsync() => new DeployPipelineBuilder("shop")
        .UseTarget(_target)
        .UseSandbox(_sandbox)
        .AddWerckerFlow(flow =>
        {
            flow.WarmUp = TimeSpan.Zero;
            flow.PostDeployTest = [new WerckerCommand("test")];
        })
        .Build().DeployAsync(new DeployRequest("shop", "a1b2c3d"));

    private sealed class PickyTarget(string obstacle) : IDeployTarget, IReleaseHistory
    {
        public string Name => "picky";

        public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) => new(new Release("v1"));

        public ValueTask<string?> FindRollBackObstacleAsync(DeployContext context, Release release, CancellationToken cancellationToken) => new(obstacle);

        public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken) => new(StepResult.Succeeded());
    }
}

using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>The nine phases, ended at every instant and resumed, on a platform that can be asked.</summary>
public sealed class FlowCrashTests
{
    private static readonly DeployRequest Request = new("shop", "new") { Id = "d1" };


    [Test]
    public async Task ResumeAsync_FlowEndedAtAnyInstant_IsOnTheOldOrTheNewReleaseAndMaintenanceIsAsFound([Values] bool maintenance, [Values] bool fails)
    {
        var instants = (await RunAsync(maintenance, fails, null)).Instants;
        Assert.That(instants, Is.GreaterThan(60));
        for (var crashAt = 1; crashAt <= instants; crashAt++)
        {
            await RunAsync(maintenance, fails, crashAt);
        }
    }

    [Test]
    public async Task UndoAsync_FlowEndedAtAnyInstant_IsOnTheOldRelease()
    {
        var instants = (await RunAsync(false, false, null)).Instants;
        for (var crashAt = 1; crashAt <= instants; crashAt++)
        {
            var (journal, target) = (new InMemoryJournal(), new CrashingTarget());
            if (await DeployAsync(journal, target, new CrashingProcess(crashAt), false) is not null || (await DeployEvents.ReadAsync(journal, "d1")).Count == 0)
            {
                continue;
            }

            target.Process = new CrashingProcess(null);
            var wasOver = DeployReport.FromEvents(await DeployEvents.ReadAsync(journal, "d1")).Status != DeployStatus.Running;
            var report = await Pipeline(journal, target, false).UndoAsync("d1");

            Assert.That(report.Status, Is.EqualTo(wasOver ? DeployStatus.Succeeded : DeployStatus.Canceled).Or.EqualTo(DeployStatus.Inconclusive), $"at {crashAt}");
            Assert.That(target.Live.Description, Is.EqualTo(wasOver ? "new" : "old"), $"at {crashAt}");
            Assert.That(target.Maintenance, Is.False, $"at {crashAt}");
        }
    }

    private static async Task<CrashingProcess> RunAsync(bool maintenance, bool fails, int? crashAt)
    {
        var journal = new InMemoryJournal();
        var target = new CrashingTarget { Maintenance = maintenance };
        var first = new CrashingProcess(crashAt);
        var report = await DeployAsync(journal, target, first, fails);
        if (report is null)
        {
            target.Process = new CrashingProcess(null);
            var pipeline = Pipeline(journal, target, fails);
            report = await ((await DeployEvents.ReadAsync(journal, "d1")).Count > 0 ? pipeline.ResumeAsync("d1") : pipeline.DeployAsync(Request));
        }

        Assert.That(target.Maintenance, Is.EqualTo(maintenance), $"at {crashAt}");
        Assert.That(target.HasMaintenanceAtPush, $"at {crashAt}");
        Assert.That(target.Live.Description, Is.EqualTo(report.Status == DeployStatus.Succeeded ? "new" : "old"), $"at {crashAt}: {report.Summary}");
        Assert.That(report.Status, fails ? Is.Not.EqualTo(DeployStatus.Succeeded) : Is.EqualTo(DeployStatus.Succeeded).Or.EqualTo(DeployStatus.Inconclusive), $"at {crashAt}");
        Assert.That(target.Commands, Is.Unique, $"at {crashAt}");
        Assert.That(report.Steps.Where(step => step.Status == StepStatus.Running), Is.Empty, $"at {crashAt}");
        return first;
    }

    /// <summary>Null when the process ended.</summary>
    private static async Task<DeployReport?> DeployAsync(InMemoryJournal journal, CrashingTarget target, CrashingProcess process, bool fails)
    {
        target.Process = process;
        try
        {
            return await Pipeline(new CrashingJournal(journal, process), target, fails).DeployAsync(Request);
        }
        catch (ProcessEndedException)
        {
            return null;
        }
    }

    private static DeployPipeline Pipeline(IDeploymentJournal journal, CrashingTarget target, bool fails) => new DeployPipelineBuilder("shop", new PipelineServices { Journal = journal })
        .UseTarget(target)
        .AddWerckerFlow(flow =>
        {
            flow.PreDeploy = [new("migrate")];
            flow.PostDeploy = [new("warm the cache")];
            flow.WarmUp = TimeSpan.Zero;
        })
        .AddStep("judge", (_, _) => new(fails ? StepResult.Failed("no") : StepResult.Succeeded()), options => options.ResumeBehavior = ResumeBehavior.RunAgain)
        .Build();
}

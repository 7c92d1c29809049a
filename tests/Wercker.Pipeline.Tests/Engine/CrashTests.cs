using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>Every pipeline is ended at every instant, resumed, ended again and resumed, and the world is looked at.</summary>
public sealed class CrashTests
{
    private static readonly DeployRequest Request = new("shop", "a1b2c3d") { Id = "d1" };

    [TestCaseSource(typeof(CrashShape), nameof(CrashShape.All))]
    public async Task ResumeAsync_AfterACrashAtAnyInstant_LosesNothingAndRepeatsNothing(object tested)
    {
        var shape = (CrashShape)tested;
        var instants = (await RunAsync(shape, [])).Instants;
        Assert.That(instants, Is.GreaterThan(8));
        for (var crashAt = 1; crashAt <= instants; crashAt++)
        {
            await RunAsync(shape, [crashAt]);
        }
    }

    [TestCaseSource(typeof(CrashShape), nameof(CrashShape.All))]
    public async Task ResumeAsync_AfterTwoCrashes_LosesNothingAndRepeatsNothing(object tested)
    {
        var shape = (CrashShape)tested;
        var instants = (await RunAsync(shape, [])).Instants;
        for (var first = 1; first <= instants; first += 2)
        {
            for (var second = 1; second <= instants; second += 3)
            {
                await RunAsync(shape, [first, second]);
            }
        }
    }

    /// <summary>Runs a deployment through its crashes to its end, and checks what must always hold.</summary>
    private static async Task<CrashingProcess> RunAsync(CrashShape shape, int[] crashes)
    {
        var world = new CrashWorld { OnUndo = shape.OnUndo };
        var journal = new InMemoryJournal();
        DeployReport? report = null;
        for (var attempt = 0; report is null; attempt++)
        {
            Assert.That(attempt, Is.LessThanOrEqualTo(crashes.Length), "A process ended that nobody had ended.");
            using var source = new CancellationTokenSource();
            var process = world.Process = new CrashingProcess(attempt < crashes.Length ? crashes[attempt] : null);
            var builder = new DeployPipelineBuilder("shop", new PipelineServices { Journal = new CrashingJournal(journal, process), Decisions = new CrashingDecisions(shape.Decisions, world) });
            shape.Build(builder, world, source);
            var pipeline = builder.Build();
            try
            {
                var isKnown = (await DeployEvents.ReadAsync(journal, Request.Id!)).Count > 0;
                report = await (isKnown ? pipeline.ResumeAsync(Request.Id!, null, source.Token) : pipeline.DeployAsync(Request, source.Token));
            }
            catch (ProcessEndedException)
            {
                Assert.That(process.IsDead);
            }
        }

        Verify(shape, world, report, await DeployEvents.ReadAsync(journal, Request.Id!), $"{shape.Name}, ended at {string.Join(" and ", crashes)}");
        return world.Process;
    }

    /// <summary>People who answer the same question in the same way, and must not be asked it once the journal has their answer.</summary>
    private sealed class CrashingDecisions(IReadOnlyList<DecisionChoice> choices, CrashWorld world) : IDecisionProvider
    {
        public ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
        {
            world.Process.Live();

            // A step that nobody can tell anything of is one more question.
            var choice = choices.Count >= request.Attempt && request.Choices.Contains(choices[request.Attempt - 1]) ? choices[request.Attempt - 1] : DecisionChoice.RollBack;
            world.Process.Live();
            return new(new Decision(choice, "ann"));
        }
    }

    private static void Verify(CrashShape shape, CrashWorld world, DeployReport report, List<DeployEvent> events, string when)
    {
        Assert.That(world.Violations, Is.Empty, when);
        Assert.That(events.Select(e => e.Sequence), Is.EqualTo(Enumerable.Range(1, events.Count).Select(i => (long)i)), when);
        Assert.That(events.FindIndex(e => e.Kind == DeployEventKind.DeploymentFinished), Is.EqualTo(events.Count - 1), when);
        Assert.That(DeployReport.FromEvents(events).Summary, Is.EqualTo(report.Summary), when);
        Assert.That(report.Steps.Where(step => step.Status == StepStatus.Running), Is.Empty, when);
        Assert.That(report.Reverts.Where(undo => undo.Status == StepStatus.Running), Is.Empty, when);
        foreach (var script in shape.Scripts)
        {
            Assert.That(world.Runs(script), Is.LessThanOrEqualTo(1), $"{when}: {script}");
        }

        Assert.That(world.Runs("never"), Is.Zero, when);
        foreach (var question in report.Decisions)
        {
            Assert.That(events.Count(e => e.Kind == DeployEventKind.DecisionMade && e.Question!.Id == question.Id), Is.EqualTo(1), $"{when}: {question.Id} is decided once");
        }

        Assert.That(events.Count(e => e.Kind == DeployEventKind.RestoreTestFinished), Is.LessThanOrEqualTo(1), when);
        foreach (var step in report.Steps.Where(step => step.Status == StepStatus.Succeeded))
        {
            Assert.That(
                events.Count(e => e.Kind == DeployEventKind.StepFinished && e.Step == step.Name),
                Is.EqualTo(1 + report.Decisions.Count(one => one.Step == step.Name && one.Decision!.Choice == DecisionChoice.Retry)),
                $"{when}: {step.Name} finished once");
        }

        if (report.Status == DeployStatus.Succeeded)
        {
            Assert.That(report.Steps.Where(step => step.Status == StepStatus.NotRun), Is.Empty, when);
            Assert.That(shape.Scripts.Where(script => report.Steps.Single(step => step.Name == script).Status == StepStatus.Succeeded && world.Runs(script) != 1), Is.Empty, when);
            Assert.That(report.Reverts, Is.Empty, when);
        }
        else if (shape.CanUndo)
        {
            Assert.That(report.Restore, Is.AnyOf(RestoreStatus.Restored, RestoreStatus.NotNeeded), when);
            Assert.That(world.Effects.Intersect(["on", "push", "one", "two", "a", "b"]), Is.Empty, when);
        }
    }
}

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The tables of docs/outcomes-and-rollback.md, held against the engine row by row.</summary>
public sealed class OutcomeTests
{
    private static readonly DeployRequest Request = new("shop", "1");

    private static readonly string[] Options = ["(none)", "ContinueOnFailure", "ContinueOnInconclusive", "RunAlways"];

    private static IEnumerable<TestCaseData> Outcomes() =>
        from row in Table("the step ends as")
        from option in row[1] == "(any)" ? Options : [row[1]]
        select new TestCaseData(row[0], option, row[2], row[3]);

    private static IEnumerable<TestCaseData> Undos() => Table("the undo answers").Select(row => new TestCaseData(row[0], row[1]));

    [TestCaseSource(nameof(Outcomes))]
    public async Task Deploy_StepEnds_AsTheTableSays(string ends, string option, string deployment, string undone)
    {
        using var stop = new CancellationTokenSource();
        var step = new Scripted(ends, "Succeeded", stop);
        var report = await new DeployPipelineBuilder("shop").AddStep("Step", step, options => Set(options, option)).Build().DeployAsync(Request, stop.Token);

        Assert.That(report.Steps.Single().Status.ToString(), Is.EqualTo(ends));
        Assert.That(report.Status.ToString(), Is.EqualTo(deployment));
        Assert.That(step.WasReverted, Is.EqualTo(undone == "yes"));
        Assert.That(report.Warnings, Has.Count.EqualTo(deployment == "Succeeded" && ends is not ("Succeeded" or "Skipped") ? 1 : 0));
    }

    [Test]
    public void Table_OfOutcomes_HasEveryEndWithEveryOption()
    {
        var ends = Enum.GetNames<StepStatus>().Except([nameof(StepStatus.NotRun), nameof(StepStatus.Running)]);
        Assert.That(Outcomes().Select(row => (row.Arguments[0], row.Arguments[1])), Is.EquivalentTo(from end in ends from option in Options select ((object?)end, (object?)option)));
    }

    [TestCaseSource(nameof(Undos))]
    public async Task Deploy_UndoAnswers_TargetIsAsTheTableSays(string answer, string target)
    {
        using var stop = new CancellationTokenSource();
        IDeployStep step = answer == "(nothing was armed)" ? new Unarmed() : new Scripted("Failed", answer, stop);
        var report = await new DeployPipelineBuilder("shop").AddStep("Step", step).Build().DeployAsync(Request);

        Assert.That(report.Restore.ToString(), Is.EqualTo(target));
    }

    [Test]
    public void Table_OfUndos_HasEveryAnswer() =>
        Assert.That(Undos().Select(row => row.Arguments[0]), Is.EquivalentTo(new[] { "(nothing was armed)", "Skipped", "Succeeded", "Inconclusive", "Failed", "Error" }));

    [Test]
    public async Task Policy_Leave_LeavesTheTarget()
    {
        using var stop = new CancellationTokenSource();
        var step = new Scripted("Failed", "Succeeded", stop);
        var report = await Regions.Outcomes.LeavesTheTarget(step).DeployAsync(Request);

        Assert.That((report.Restore, step.WasReverted), Is.EqualTo((RestoreStatus.Left, false)));
    }

    [Test]
    public async Task Cancel_WhileAStepRuns_UndoesAndEnsureSaysSo()
    {
        using var stop = new CancellationTokenSource();
        var step = new Scripted("Canceled", "Succeeded", stop);
        var report = await Regions.Outcomes.DeployAsync(new DeployPipelineBuilder("shop").AddStep("Step", step).Build(), Request, stop.Token, CancellationToken.None);

        Assert.That((report.Status, step.WasReverted), Is.EqualTo((DeployStatus.Canceled, true)));
        Assert.That(Regions.Outcomes.Ensure(report), Does.StartWith("Canceled the deployment of shop 1.").And.EndsWith("(Restored)"));
    }

    private static void Set(StepOptions options, string option)
    {
        options.ContinueOnFailure = option == "ContinueOnFailure";
        options.ContinueOnInconclusive = option == "ContinueOnInconclusive";
        options.RunAlways = option == "RunAlways";
    }

    private static IEnumerable<string[]> Table(string firstHeading) => Repository.Read("docs/outcomes-and-rollback.md").Split('\n')
        .SkipWhile(line => !line.StartsWith($"| {firstHeading} |", StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private sealed class Unarmed : IDeployStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Failed("no"));
    }

    private sealed class Scripted(string ends, string undo, CancellationTokenSource stop) : IReversibleStep
    {
        public bool WasReverted { get; private set; }

        public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            if (ends == "Canceled")
            {
                await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return Answer(ends);
        }

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            WasReverted = true;
            return new(Answer(undo));
        }

        private static StepResult Answer(string word) => word == "Error"
            ? throw new InvalidOperationException("an accident")
            : new StepResult { Status = Enum.Parse<StepStatus>(word), Message = "scripted" };
    }
}

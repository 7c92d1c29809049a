using System.Text;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The table and the code of docs/decisions.md, held against the engine.</summary>
public sealed class DecisionTests
{
    private static readonly string[] Policies = ["roll back", "leave", "ask"];
    private static readonly string[] Decisions = ["retry, then Succeeded", "ignore", "fail", "roll-back", "(no answer)"];

    private static IEnumerable<TestCaseData> Rows() =>
        from row in Repository.Read("docs/decisions.md").Split('\n')
            .SkipWhile(line => !line.StartsWith("| the step ends as |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
        from policy in row[1] == "(any)" ? Policies : [row[1]]
        select new TestCaseData(row[0], policy, row[2], row[3], row[4], int.Parse(row[5], System.Globalization.CultureInfo.InvariantCulture));

    [Test]
    public void Table_HasEveryEndWithEveryPolicyAndEveryDecision()
    {
        string[] bad = ["Failed", "Inconclusive", "Error"];
        var expected = bad.SelectMany(end => new[] { (end, "roll back", "(not asked)"), (end, "leave", "(not asked)") }.Concat(Decisions.Select(decision => (end, "ask", decision))))
            .Concat(from end in new[] { "Succeeded", "Skipped", "Canceled" } from policy in Policies select (end, policy, "(not asked)"));
        Assert.That(Rows().Select(row => ((string)row.Arguments[0]!, (string)row.Arguments[1]!, (string)row.Arguments[2]!)), Is.EquivalentTo(expected));
    }

    [TestCaseSource(nameof(Rows))]
    public async Task Deploy_StepEndsAndSomebodyDecides_IsAsTheTableSays(string ends, string policy, string decision, string deployment, string undone, int exitCode)
    {
        using var stop = new CancellationTokenSource();
        var clock = new FakeTimeProvider();
        var people = new People(decision, clock);
        var step = new Scripted(ends, stop);
        var builder = new DeployPipelineBuilder("shop", new PipelineServices { Decisions = people, TimeProvider = clock }).AddStep("Step", step);
        _ = policy switch
        {
            "leave" => builder.LeaveOnFailure(),
            "ask" => builder.AskOnFailure(TimeSpan.FromMinutes(30)),
            _ => builder,
        };

        var report = await builder.Build().DeployAsync(new DeployRequest("shop", "1"), stop.Token);

        Assert.That(report.Status.ToString(), Is.EqualTo(deployment));
        Assert.That(step.WasReverted, Is.EqualTo(undone == "yes"));
        Assert.That(report.Decisions, Has.Count.EqualTo(decision == "(not asked)" ? 0 : 1));
        Assert.That(report switch { { Status: DeployStatus.Succeeded } => 0, { Restore: RestoreStatus.Failed } => 3, { Status: DeployStatus.Canceled } => 130, _ => 1 }, Is.EqualTo(exitCode));
    }

    [Test]
    public async Task Pipeline_OfTheDocument_IsApprovedRetriedAndTestedAfterItsRollBack()
    {
        using var stop = new CancellationTokenSource();
        var answers = new Queue<DecisionChoice>([DecisionChoice.Approve, DecisionChoice.Retry, DecisionChoice.RollBack]);
        var asked = new List<DecisionRequest>();
        var people = new Asked(request =>
        {
            asked.Add(request);
            return new Decision(answers.Dequeue(), "ann");
        });
        var test = new Scripted("Failed", stop);

        var report = await Regions.Decisions.Asks(people, new Scripted("Succeeded", stop), new Scripted("Succeeded", stop), test).DeployAsync(new DeployRequest("shop", "1"), stop.Token);

        Assert.That(asked.Select(one => one.Step), Is.EqualTo(new[] { "Approval", "SmokeTest" }));
        Assert.That(report.Steps[0].Message, Is.EqualTo("approved by ann"));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), "The second try succeeds.");
    }

    [Test]
    public void Providers_OfTheDocument_AreMade()
    {
        using var http = new HttpClient();
        var providers = Regions.Decisions.Providers(TextReader.Null, TextWriter.Null, http, new Secret("0123456789abcdef"));

        Assert.That(providers, Has.Length.EqualTo(5).And.All.Not.Null);
        Assert.That(Regions.Decisions.Callback((WebhookDecisionProvider)providers[3], Encoding.UTF8.GetBytes("{}"), "sha256=no").Status, Is.EqualTo(400));
    }

    private sealed class Asked(Func<DecisionRequest, Decision> answer) : IDecisionProvider
    {
        public ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken) => new(answer(request));
    }

    private sealed class People(string decision, FakeTimeProvider clock) : IDecisionProvider
    {
        public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
        {
            DecisionChoice? choice = decision switch
            {
                "ignore" => DecisionChoice.Ignore,
                "fail" => DecisionChoice.Fail,
                "roll-back" => DecisionChoice.RollBack,
                "(no answer)" => null,
                _ => DecisionChoice.Retry,
            };
            if (choice is { } made)
            {
                return new Decision(made, "ann");
            }

            clock.Advance(request.Due - clock.GetUtcNow());
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
            throw new InvalidOperationException("Nobody withdrew the question.");
        }
    }

    /// <summary>Ends as told the first time, and succeeds from then on.</summary>
    private sealed class Scripted(string ends, CancellationTokenSource stop) : IReversibleStep
    {
        private int _runs;

        public bool WasReverted { get; private set; }

        public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            if (++_runs > 1)
            {
                return StepResult.Succeeded();
            }

            if (ends == "Canceled")
            {
                await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return ends == "Error" ? throw new IOException("reset") : new StepResult { Status = Enum.Parse<StepStatus>(ends), Message = "said so" };
        }

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            WasReverted = true;
            return new(StepResult.Succeeded());
        }
    }
}

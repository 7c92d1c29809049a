using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>Any steps, any verdicts, any decisions: the deployment does what a few lines of a model say.</summary>
public sealed class DecisionProperties
{
    private static readonly StepStatus[] Verdicts = [StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.Skipped, StepStatus.Failed, StepStatus.Inconclusive, StepStatus.Error];

    private static Gen<(StepStatus[][] Steps, DecisionChoice[] Decisions)> Cases { get; } =
        from steps in Gen.NonEmptyListOf(Gen.NonEmptyListOf(Gen.Elements(Verdicts)).Resize(4)).Resize(5)
        from decisions in Gen.ListOf(Gen.Elements(DecisionChoice.Retry, DecisionChoice.Retry, DecisionChoice.Ignore, DecisionChoice.Fail, DecisionChoice.RollBack)).Resize(8)
        select (steps.Select(verdicts => verdicts.ToArray()).ToArray(), decisions.ToArray());

    [Test]
    public void Deploy_AnyVerdictsAndDecisions_IsAsTheModelSays() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Cases.ToArbitrary(), one => DeployAsync(one.Steps, one.Decisions).GetAwaiter().GetResult()));

    private static async Task DeployAsync(StepStatus[][] steps, DecisionChoice[] decisions)
    {
        var (runs, asked, status, restore) = Model(steps, decisions);
        var trace = new List<string>();
        var people = new ScriptedDecisions();
        foreach (var choice in decisions.Append(DecisionChoice.RollBack))
        {
            people.Answers.Enqueue(new Decision(choice, "ann"));
        }

        var builder = new DeployPipelineBuilder("shop", new PipelineServices { Decisions = people }).AskOnFailure(TimeSpan.FromHours(1));
        for (var i = 0; i < steps.Length; i++)
        {
            builder.AddStep($"s{i}", new Scripted($"s{i}", steps[i], trace));
        }

        var report = await builder.Build().DeployAsync(new DeployRequest("shop", "1"));

        Assert.That(trace, Is.EqualTo(runs));
        Assert.That(report.Decisions, Has.Count.EqualTo(asked));
        Assert.That((report.Status, report.Restore), Is.EqualTo((status, restore)));
    }

    private static (List<string> Runs, int Asked, DeployStatus Status, RestoreStatus Restore) Model(StepStatus[][] steps, DecisionChoice[] decisions)
    {
        var (runs, armed, asked) = (new List<string>(), new List<string>(), 0);
        for (var i = 0; i < steps.Length; i++)
        {
            var name = $"s{i}";
            for (var run = 0; ; run++)
            {
                var verdict = steps[i][Math.Min(run, steps[i].Length - 1)];
                runs.Add(name);
                if (verdict != StepStatus.Skipped || armed.Contains(name))
                {
                    armed.Remove(name);
                    armed.Add(name);
                }

                if (verdict is StepStatus.Succeeded or StepStatus.Skipped)
                {
                    break;
                }

                var decision = asked < decisions.Length ? decisions[asked] : DecisionChoice.RollBack;
                asked++;
                if (decision is DecisionChoice.Fail or DecisionChoice.RollBack)
                {
                    var status = verdict == StepStatus.Inconclusive ? DeployStatus.Inconclusive : DeployStatus.Failed;
                    if (decision == DecisionChoice.Fail)
                    {
                        return (runs, asked, status, RestoreStatus.Left);
                    }

                    return ([.. runs, .. armed.AsEnumerable().Reverse().Select(undo => $"undo {undo}")], asked, status, RestoreStatus.Restored);
                }

                if (decision == DecisionChoice.Ignore)
                {
                    break;
                }
            }
        }

        return (runs, asked, DeployStatus.Succeeded, RestoreStatus.NotNeeded);
    }

    private sealed class Scripted(string name, StepStatus[] verdicts, List<string> trace) : IReversibleStep
    {
        private int _runs;

        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            trace.Add(name);
            var verdict = verdicts[Math.Min(_runs++, verdicts.Length - 1)];
            return verdict == StepStatus.Error ? throw new IOException("reset") : new(new StepResult { Status = verdict, Message = "so" });
        }

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            trace.Add($"undo {name}");
            return new(StepResult.Succeeded());
        }
    }
}

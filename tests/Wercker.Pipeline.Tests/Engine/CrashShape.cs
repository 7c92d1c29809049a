using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>A shape of pipeline that is crashed at every instant, and what must hold of its scripts.</summary>
/// <param name="Name">What the shape is about.</param>
/// <param name="Scripts">The steps that may run at most once.</param>
/// <param name="Build">Puts the pipeline together, acting on a world; the source cancels the deployment.</param>
internal sealed record CrashShape(string Name, IReadOnlyList<string> Scripts, Action<DeployPipelineBuilder, CrashWorld, CancellationTokenSource> Build)
{
    private static readonly StepResult No = StepResult.Failed("no");

    /// <summary>What the target is left with when every switch was taken back.</summary>
    public bool CanUndo { get; init; } = true;

    /// <summary>What people answer, question by question.</summary>
    public IReadOnlyList<DecisionChoice> Decisions { get; init; } = [];

    public Func<string, StepResult?> OnUndo { get; init; } = _ => null;

    public static IEnumerable<CrashShape> All { get; } =
    [
        new("steps in order", ["script"], (builder, world, _) => builder
            .AddStep("check", world.Harmless("check")).AddStep("on", world.Switch("on")).AddStep("script", world.Script("script")).AddStep("push", world.Switch("push")).AddStep("test", world.Harmless("test"))),
        new("stages", ["a/script"], (builder, world, _) => builder
            .AddStage("a", a => a.AddStep("on", world.Switch("on")).AddStep("script", world.Script("a/script"))).AddStage("b", b => b.AddStep("push", world.Switch("push")))),
        new("a parallel group", ["all/script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on"))
            .AddParallel("all", all => all.AddStep("one", world.Switch("one")).AddStep("script", world.Script("all/script")).AddStage("two", two => two.AddStep("a", world.Switch("a")).AddStep("b", world.Switch("b"))))
            .AddStep("test", world.Harmless("test"))),
        new("a parallel group of which one fails", ["all/script"], (builder, world, _) => builder
            .AddParallel("all", all => all.AddStep("one", world.Switch("one", No)).AddStep("script", world.Script("all/script")).AddStep("two", world.Switch("two")))
            .AddStep("never", world.Script("never"))),
        new("a step that fails", ["script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddStep("script", world.Script("script")).AddStep("push", world.Switch("push")).AddStep("test", world.Harmless("test", No))),
        new("a script that fails", ["script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddStep("script", world.Script("script", No)).AddStep("push", world.Switch("push"))),
        new("a step that may fail", ["script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddStep("script", world.Script("script", No), options => options.ContinueOnFailure = true).AddStep("push", world.Switch("push"))),
        new("a step that always runs", ["script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddStep("no", world.Harmless("no", No)).AddStep("never", world.Script("never"))
            .AddStep("script", world.Script("script"), options => options.RunAlways = true)),
        new("values for later steps", [], (builder, world, _) => builder
            .AddStep("store", world.Stores("store")).AddStep("on", world.Switch("on")).AddStep("find", world.Finds("find", "store"))),
        new("a cancellation between two steps", ["script"], (builder, world, source) => builder
            .AddStep("on", world.Switch("on")).AddStep("cancel", world.Cancels("cancel", source)).AddStep("script", world.Script("script"))
            .AddStep("always", world.Harmless("always"), options => options.RunAlways = true)),
        new("an undo that fails", [], (builder, world, _) => builder
            .AddStep("one", world.Switch("one")).AddStep("two", world.Switch("two")).AddStep("no", world.Harmless("no", No)))
        {
            CanUndo = false,
            OnUndo = name => name == "two" ? StepResult.Failed("stuck") : null,
        },
        new("a retry that somebody decides on", [], (builder, world, _) => builder
            .AskOnFailure(TimeSpan.FromHours(1)).AddStep("on", world.Switch("on")).AddStep("flaky", world.Flaky("flaky")).AddStep("push", world.Switch("push")))
        {
            Decisions = [DecisionChoice.Retry],
        },
        new("a failure that somebody ignores", ["script"], (builder, world, _) => builder
            .AskOnFailure(TimeSpan.FromHours(1)).AddStep("on", world.Switch("on")).AddStep("script", world.Script("script", No)).AddStep("push", world.Switch("push")))
        {
            Decisions = [DecisionChoice.Ignore],
        },
        new("a roll back that somebody decides on", ["script"], (builder, world, _) => builder
            .AskOnFailure(TimeSpan.FromHours(1)).AddStep("on", world.Switch("on")).AddStep("script", world.Script("script")).AddStep("push", world.Switch("push", No)))
        {
            Decisions = [DecisionChoice.RollBack],
        },
        new("a failure after which somebody leaves the target", ["script"], (builder, world, _) => builder
            .AskOnFailure(TimeSpan.FromHours(1)).AddStep("on", world.Switch("on")).AddStep("script", world.Script("script")).AddStep("no", world.Harmless("no", No)))
        {
            CanUndo = false,
            Decisions = [DecisionChoice.Fail],
        },
        new("a gate that is passed", ["script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddApproval("gate", TimeSpan.FromHours(1)).AddStep("script", world.Script("script")).AddStep("push", world.Switch("push")))
        {
            Decisions = [DecisionChoice.Approve],
        },
        new("a gate that is not passed", ["never"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddApproval("gate", TimeSpan.FromHours(1)).AddStep("never", world.Script("never")))
        {
            Decisions = [DecisionChoice.Reject],
        },
        new("a roll back that is tested", ["script"], (builder, world, _) => builder
            .AddStep("on", world.Switch("on")).AddStep("script", world.Script("script")).AddStep("push", world.Switch("push"))
            .AddStep("test", world.TestOf("test", "push", No), options => options.VerifiesRollBack = true)),
        new("the policy to leave the target", ["script"], (builder, world, _) => builder
            .LeaveOnFailure().AddStep("on", world.Switch("on")).AddStep("script", world.Script("script")).AddStep("no", world.Harmless("no", No)))
        {
            CanUndo = false,
        },
    ];

    public override string ToString() => Name;
}

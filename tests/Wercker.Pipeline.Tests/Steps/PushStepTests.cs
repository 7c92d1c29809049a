using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Steps;

public sealed class PushStepTests
{
    [Test]
    public async Task Undo_CanceledBeforeAnythingWasPushed_FindsNothingToTakeBack()
    {
        var (step, undo) = await UndoAsync(new SlowTarget { IsUnreachable = true });

        Assert.That(step.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(undo.Status, Is.EqualTo(StepStatus.Skipped), undo.Message);
    }

    [Test]
    public async Task Undo_APushThatLandsLater_IsStoppedBeforeTheTargetIsAskedWhatIsLive()
    {
        var target = new SlowTarget();

        var (_, undo) = await UndoAsync(target);

        Assert.That(undo.Status, Is.EqualTo(StepStatus.Succeeded), undo.Message);
        Assert.That(target.Live.Id, Is.EqualTo("v1"));
    }

    private static Task<(StepReport Step, StepReport Undo)> UndoAsync(SlowTarget target) => new StepHarness { Target = target }.RunAndUndoAsync(new PushStep());

    /// <summary>Its push fails, and lands all the same when somebody waits for it.</summary>
    private sealed class SlowTarget : IDeployTarget, IPush, IReleaseHistory
    {
        public bool IsUnreachable { get; init; }

        public Release Live { get; private set; } = new("v1", "old");

        public string Name => "slow";

        public ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Failed("the connection broke"));

        public ValueTask StopPushAsync(DeployContext context, CancellationToken cancellationToken)
        {
            Live = new Release("v2", "new");
            return ValueTask.CompletedTask;
        }

        public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) =>
            IsUnreachable ? throw new IOException("no answer") : new(Live);

        public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
        {
            Live = release;
            return new(StepResult.Succeeded());
        }
    }
}

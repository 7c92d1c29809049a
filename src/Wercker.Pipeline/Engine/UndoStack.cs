namespace Wercker.Pipeline.Engine;

/// <summary>The undo of a started step.</summary>
internal sealed record ArmedUndo(StepNode Node, IReversibleStep Step, DeployContext Context);

/// <summary>What can be taken back, taken back last first.</summary>
internal sealed class UndoStack
{
    private readonly List<ArmedUndo> _armed = [];

    public bool IsEmpty
    {
        get
        {
            lock (_armed)
            {
                return _armed.Count == 0;
            }
        }
    }

    /// <summary>Arms the undo of a step that is about to run.</summary>
    /// <returns>False when it was armed by an earlier process already; it is the last one now.</returns>
    public bool Arm(ArmedUndo undo)
    {
        lock (_armed)
        {
            var isNew = _armed.RemoveAll(other => other.Node.Path == undo.Node.Path) == 0;
            _armed.Add(undo);
            return isNew;
        }
    }

    /// <summary>Forgets an undo: the step found nothing to do.</summary>
    public void Disarm(ArmedUndo undo)
    {
        lock (_armed)
        {
            _armed.Remove(undo);
        }
    }

    /// <summary>The state of the target when nothing is undone.</summary>
    public RestoreStatus Left() => IsEmpty ? RestoreStatus.NotNeeded : RestoreStatus.Left;

    /// <summary>Undoes everything, going on past an undo that fails; each has its own deadline and none knows the canceled token of the deployment.</summary>
    /// <param name="status">What became of the target by undos of an earlier process.</param>
    /// <param name="recorder">Records each.</param>
    /// <param name="fence">Asked before each.</param>
    /// <param name="abort">Stops waiting for them.</param>
    public async ValueTask<RestoreStatus> RunAsync(RestoreStatus status, DeploymentRecorder recorder, TargetFence fence, CancellationToken abort)
    {
        while (TakeLast() is { } undo)
        {
            var path = undo.Node.Path;
            await fence.PassAsync().ConfigureAwait(false);
            await recorder.RecordAsync(DeployEventKind.RevertStarted, e => e with { Step = path }, CancellationToken.None).ConfigureAwait(false);
            var result = await StepRunner.GuardAsync(
                path, token => undo.Step.RevertAsync(undo.Context, token), undo.Node.Options.RevertTimeout, undo.Context.TimeProvider, abort).ConfigureAwait(false);
            await undo.Context.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await recorder.RecordAsync(
                DeployEventKind.RevertFinished, e => e.WithResult(path, result), CancellationToken.None).ConfigureAwait(false);
            status = Worse(status, RestoreOf(result.Status));
        }

        return status;
    }

    /// <summary>What the verdict of one undo says about the target.</summary>
    public static RestoreStatus RestoreOf(StepStatus undo) => undo switch
    {
        StepStatus.Skipped => RestoreStatus.NotNeeded,
        StepStatus.Succeeded => RestoreStatus.Restored,
        StepStatus.Inconclusive => RestoreStatus.NotPossible,
        _ => RestoreStatus.Failed,
    };

    public static RestoreStatus Worse(RestoreStatus a, RestoreStatus b) => Rank(a) >= Rank(b) ? a : b;

    private ArmedUndo? TakeLast()
    {
        lock (_armed)
        {
            if (_armed is not [.., var last])
            {
                return null;
            }

            _armed.RemoveAt(_armed.Count - 1);
            return last;
        }
    }

    private static int Rank(RestoreStatus status) => status switch
    {
        RestoreStatus.NotNeeded => 0,
        RestoreStatus.Restored => 1,
        RestoreStatus.Unproven => 2,
        RestoreStatus.NotPossible => 3,
        _ => 4,
    };
}

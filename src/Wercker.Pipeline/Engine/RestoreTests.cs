namespace Wercker.Pipeline.Engine;

/// <summary>A roll back is a deployment like any other: after it, the steps that verify it look at what is live.</summary>
internal sealed class RestoreTests(PipelineDefinition definition, DeploymentScope scope, DeploymentHistory history, TargetFence fence)
{
    /// <summary>How the second run of a step is called in reports.</summary>
    public static string NameOf(string step) => $"{step} (rolled back)";

    /// <summary>What a test says about the target. Whoever could not see has no evidence: neither that the target is back, nor that it is not.</summary>
    public static RestoreStatus RestoreOf(StepStatus test) => test switch
    {
        StepStatus.Succeeded or StepStatus.Skipped => RestoreStatus.NotNeeded,
        StepStatus.Inconclusive => RestoreStatus.Unproven,
        _ => RestoreStatus.Failed,
    };

    /// <summary>Runs the tests that have not been run; only where everything was put back is there something to verify.</summary>
    /// <param name="restore">What became of the target by its undos, and by tests that an earlier process ran.</param>
    /// <param name="abort">Stops the tests; the target then counts as not put back.</param>
    public async ValueTask<RestoreStatus> RunAsync(RestoreStatus restore, CancellationToken abort)
    {
        // Unproven is what a test said before another process went on: the others are still to be asked.
        if (restore is not (RestoreStatus.Restored or RestoreStatus.Unproven))
        {
            return restore;
        }

        scope.IsRolledBack = true;
        foreach (var node in GroupNode.Flatten(definition.Nodes).Where(node => node.Options.VerifiesRollBack && !history.IsTested(node.Path)))
        {
            var context = scope.ContextOf(node.Path);
            await fence.PassAsync().ConfigureAwait(false);
            await scope.Recorder.RecordAsync(DeployEventKind.RestoreTestStarted, e => e with { Step = node.Path }, CancellationToken.None).ConfigureAwait(false);
            var result = await StepRunner.GuardAsync(
                node.Path, token => node.Step.ExecuteAsync(context, token), node.Options.Timeout, context.TimeProvider, abort).ConfigureAwait(false);
            result = Compare(node.Path, result);
            await context.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await scope.Recorder.RecordAsync(
                DeployEventKind.RestoreTestFinished, e => e.WithResult(node.Path, result), CancellationToken.None).ConfigureAwait(false);
            restore = UndoStack.Worse(restore, RestoreOf(result.Status));
        }

        return restore;
    }

    /// <summary>
    /// A test that fails word for word as it did before cannot tell the versions apart: it may look for what only the new one has. So it says nothing about the roll back.
    /// </summary>
    private StepResult Compare(string step, StepResult result)
    {
        if (result.Status != StepStatus.Failed || scope.Recorder.Report.Build().Steps.FirstOrDefault(one => one.Name == step) is not { Status: StepStatus.Failed, Message: { } before })
        {
            return result;
        }

        return scope.Recorder.Masker.Mask(result.Message ?? string.Empty) == before
            ? StepResult.Inconclusive($"it fails as it did with the new version, so it does not tell whether the version before is well: {result.Message}", result.Evidence)
            : result;
    }
}

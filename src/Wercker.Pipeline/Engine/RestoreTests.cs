namespace Wercker.Pipeline.Engine;

/// <summary>A roll back is a deployment like any other: after it, the steps that verify it look at what is live.</summary>
internal sealed class RestoreTests(PipelineDefinition definition, DeploymentScope scope, DeploymentHistory history, TargetFence fence)
{
    /// <summary>How the second run of a step is called in reports.</summary>
    public static string NameOf(string step) => $"{step} (rolled back)";

    /// <summary>What a test says about the target. Nobody's evidence is no proof: whoever could not see does not know the target to be back.</summary>
    public static RestoreStatus RestoreOf(StepStatus test) => test is StepStatus.Succeeded or StepStatus.Skipped ? RestoreStatus.NotNeeded : RestoreStatus.Failed;

    /// <summary>Runs the tests that have not been run; only where everything was put back is there something to verify.</summary>
    /// <param name="restore">What became of the target by its undos.</param>
    /// <param name="abort">Stops the tests; the target then counts as not put back.</param>
    public async ValueTask<RestoreStatus> RunAsync(RestoreStatus restore, CancellationToken abort)
    {
        if (restore != RestoreStatus.Restored)
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
            await context.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await scope.Recorder.RecordAsync(
                DeployEventKind.RestoreTestFinished,
                e => e with { Step = node.Path, Status = result.Status, Message = result.Message, Evidence = result.Evidence, Error = result.Exception?.ToString() },
                CancellationToken.None).ConfigureAwait(false);
            restore = UndoStack.Worse(restore, RestoreOf(result.Status));
        }

        return restore;
    }
}

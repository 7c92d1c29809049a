namespace Wercker.Pipeline.Engine;

/// <summary>Runs one step: conditions, undo armed, Polly, deadline; and the one place where an exception becomes a verdict.</summary>
internal static class StepRunner
{
    public static async ValueTask<StepResult> RunAsync(StepNode node, DeployContext context, DeploymentRecorder recorder, UndoStack undo, CancellationToken cancellationToken)
    {
        using var activity = PipelineTelemetry.StartStep(node.Path);
        var startedAt = context.TimeProvider.GetTimestamp();
        var skip = await SkipReasonAsync(node, context).ConfigureAwait(false);
        await recorder.RecordAsync(DeployEventKind.StepStarted, e => e with { Step = node.Path }, CancellationToken.None).ConfigureAwait(false);
        StepResult result;
        if (skip is not null)
        {
            result = skip;
        }
        else
        {
            // Armed before the side effect and never after it: a step that was cut off may have had its effect.
            var armed = node.Step is IReversibleStep reversible ? new ArmedUndo(node, reversible, context) : null;
            if (armed is not null)
            {
                undo.Arm(armed);
            }

            result = await GuardAsync(node.Path, token => ExecuteAsync(node, context, token), node.Options.Timeout, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            if (armed is not null && result.Status == StepStatus.Skipped)
            {
                undo.Disarm(armed);
            }
        }

        await context.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        var decided = !result.IsGood && !context.HasFailed && !Tolerates(node.Options, result);
        await recorder.RecordAsync(
            DeployEventKind.StepFinished,
            e => e with { Step = node.Path, Status = result.Status, Message = result.Message, Evidence = result.Evidence, Error = result.Exception?.ToString(), Decided = decided },
            CancellationToken.None).ConfigureAwait(false);
        PipelineTelemetry.EndStep(activity, node.Path, result, context.TimeProvider.GetElapsedTime(startedAt));
        return result;
    }

    public static bool Tolerates(StepOptions options, StepResult result) =>
        result.Status != StepStatus.Canceled
        && (options.ContinueOnFailure || (result.Status == StepStatus.Inconclusive && options.OnInconclusive == InconclusivePolicy.Warn));

    /// <summary>Runs something of a step under a deadline and turns its exceptions into verdicts.</summary>
    public static async ValueTask<StepResult> GuardAsync(
        string path, Func<CancellationToken, ValueTask<StepResult>> run, TimeSpan? timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = timeout is { } limit ? new CancellationTokenSource(limit, clock) : null;
        using var linked = deadline is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await run(linked?.Token ?? cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"Step '{path}' answered with null instead of a verdict.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new StepResult { Status = StepStatus.Canceled, Message = "canceled while it ran" };
        }
        catch (OperationCanceledException e) when (deadline?.IsCancellationRequested == true)
        {
            return new StepResult { Status = StepStatus.Error, Message = $"took longer than {DurationText.Of(timeout!.Value)}", Exception = e };
        }
        catch (Exception e)
        {
            return new StepResult { Status = StepStatus.Error, Message = e.Message, Exception = e };
        }
    }

    private static ValueTask<StepResult> ExecuteAsync(StepNode node, DeployContext context, CancellationToken cancellationToken) =>
        node.Resilience(context.TimeProvider) is { } resilience
            ? resilience.ExecuteAsync(static (state, token) => state.Step.ExecuteAsync(state.context, token), (node.Step, context), cancellationToken)
            : node.Step.ExecuteAsync(context, cancellationToken);

    private static async ValueTask<StepResult?> SkipReasonAsync(StepNode node, DeployContext context)
    {
        try
        {
            foreach (var condition in node.Options.Conditions)
            {
                if (!(condition.OnRequest?.Invoke(context.Request) ?? condition.OnContext!(context)))
                {
                    return StepResult.Skipped($"the condition does not hold: {condition.Reason}");
                }
            }

            return null;
        }
        catch (Exception e)
        {
            await context.Output.NoteAsync($"a condition of the step threw: {e.Message}", CancellationToken.None).ConfigureAwait(false);
            return new StepResult { Status = StepStatus.Error, Message = $"a condition of the step threw: {e.Message}", Exception = e };
        }
    }
}

using System.Globalization;

namespace Wercker.Pipeline.Engine;

/// <summary>Runs one step: conditions, undo armed, Polly, deadline; and the one place where an exception becomes a verdict.</summary>
internal sealed class StepRunner(string pipeline, DeploymentRecorder recorder, UndoStack undo, TargetFence fence, DecisionDesk desk)
{
    public async ValueTask<StepResult> RunAsync(StepNode node, DeployContext context, CancellationToken cancellationToken)
    {
        using var activity = PipelineTelemetry.StartStep(node.Path);
        var startedAt = context.TimeProvider.GetTimestamp();
        var skip = await SkipReasonAsync(node, context).ConfigureAwait(false);
        await fence.PassAsync().ConfigureAwait(false);
        await recorder.RecordAsync(DeployEventKind.StepStarted, e => e with { Step = node.Path }, CancellationToken.None).ConfigureAwait(false);
        var result = skip ?? await ExecuteArmedAsync(node, context, cancellationToken).ConfigureAwait(false);
        await FinishAsync(node, context, result).ConfigureAwait(false);
        PipelineTelemetry.EndStep(activity, pipeline, node.Path, result, context.TimeProvider.GetElapsedTime(startedAt));
        return result;
    }

    /// <summary>Decides over a step that was cut off when the process that ran it ended.</summary>
    /// <param name="node">The step.</param>
    /// <param name="context">The resumed deployment.</param>
    /// <param name="startedAt">When it was started.</param>
    /// <param name="mayRun">False when the deployment is decided and the step may not run any more.</param>
    /// <param name="cancellationToken">Cancels asking the step.</param>
    /// <returns>Its verdict; null when it is to be run again.</returns>
    public async ValueTask<StepResult?> SettleAsync(StepNode node, DeployContext context, DateTimeOffset startedAt, bool mayRun, CancellationToken cancellationToken)
    {
        await fence.PassAsync().ConfigureAwait(false);
        var result = node.Options.ResumeBehavior switch
        {
            ResumeBehavior.RunAgain => null,
            ResumeBehavior.Revert => Unknown(startedAt, null),
            _ => await AskAsync(node, context, startedAt, cancellationToken).ConfigureAwait(false),
        };
        if (result is null && mayRun)
        {
            return null;
        }

        result ??= new StepResult { Status = StepStatus.Canceled, Message = "was cut off before it had an effect, and is not run again" };
        await FinishAsync(node, context, result).ConfigureAwait(false);
        return result;
    }

    public static bool Tolerates(StepOptions options, StepResult result) =>
        result.Status != StepStatus.Canceled
        && (options.ContinueOnFailure || (result.Status == StepStatus.Inconclusive && options.ContinueOnInconclusive));

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

    private async ValueTask<StepResult> ExecuteArmedAsync(StepNode node, DeployContext context, CancellationToken cancellationToken)
    {
        // Armed before the side effect and never after it: a step that was cut off may have had its effect.
        var armed = node.Step is IReversibleStep reversible ? new ArmedUndo(node, reversible, context) : null;
        var isNew = armed is not null && undo.Arm(armed);
        var result = await GuardAsync(node.Path, token => ExecuteAsync(node, context, token), node.Options.Timeout, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (isNew && result.Status == StepStatus.Skipped)
        {
            undo.Disarm(armed!);
        }

        return result;
    }

    private async ValueTask FinishAsync(StepNode node, DeployContext context, StepResult result)
    {
        await context.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        var isAgainst = !result.IsGood && !context.HasFailed && !Tolerates(node.Options, result);
        var question = isAgainst ? desk.QuestionAbout(node, result) : null;
        await recorder.RecordAsync(
            DeployEventKind.StepFinished,
            e => e.WithResult(node.Path, result) with { Decided = isAgainst && question is null, Question = question },
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Null when the step says that nothing happened, or that it may run again.</summary>
    private static async ValueTask<StepResult?> AskAsync(StepNode node, DeployContext context, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var nothingHappened = false;
        var answer = await GuardAsync(
            node.Path,
            async token =>
            {
                var known = await node.Step.VerifyAsync(context, token).ConfigureAwait(false);
                nothingHappened = known is null;
                return known ?? StepResult.Succeeded();
            },
            node.Options.Timeout,
            context.TimeProvider,
            cancellationToken).ConfigureAwait(false);
        return answer.Status switch
        {
            _ when nothingHappened => null,
            StepStatus.Inconclusive or StepStatus.Error => Unknown(startedAt, answer),
            _ => answer,
        };
    }

    private static StepResult Unknown(DateTimeOffset startedAt, StepResult? answer) => new()
    {
        Status = StepStatus.Inconclusive,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"was cut off after it had started at {startedAt.UtcDateTime:HH:mm:ss} UTC; nobody can tell how far it came, so it is not run again{(answer?.Message is { } detail ? $" ({detail})" : string.Empty)}"),
        Evidence = answer?.Evidence ?? [],
        Exception = answer?.Exception,
    };

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

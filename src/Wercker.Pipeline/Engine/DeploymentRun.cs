using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Engine;

/// <summary>One run of a pipeline: steps forward in order, then, if need be, undo backward. It begins where the journal ends.</summary>
internal sealed class DeploymentRun
{
    private readonly PipelineDefinition _definition;
    private readonly DeploymentHistory _history;
    private readonly DeploymentRecorder _recorder;
    private readonly DeploymentScope _scope;
    private readonly TargetFence _fence;
    private readonly DecisionDesk _desk;
    private readonly StepRunner _runner;
    private readonly UndoStack _undo = new();
    private readonly CancellationTokenSource _decided = new();
    private readonly CancellationToken _abort;
    private DeployStatus _verdict;
    private bool _isLeft;

    public DeploymentRun(PipelineDefinition definition, DeployRequest request, DeploymentHistory history, IDeploymentLease? lease, CancellationToken abort)
    {
        _definition = definition;
        _history = history;
        _abort = abort;
        var environment = definition.EnvironmentOf(request);
        _recorder = new DeploymentRecorder(request.Id!, definition.Services, environment.ToMasker(), history.Events);
        _fence = new TargetFence(lease, definition.Target?.Name ?? string.Empty, request.Id!);
        _desk = new DecisionDesk(definition, request, _recorder, _fence, history);
        _scope = new DeploymentScope(request, definition, environment, _recorder, history) { Desk = _desk };
        _runner = new StepRunner(definition.Name, _recorder, _undo, _fence, _desk);
        _verdict = history.Verdict ?? DeployStatus.Succeeded;
        _isLeft = history.IsLeft || definition.LeavesOnFailure;
        _scope.HasFailed = history.Verdict is not null;
        Rearm();
    }

    /// <summary>Runs what is left.</summary>
    /// <param name="cancellationToken">Cancels, with undo. Canceled from the start, a resumed deployment is only undone.</param>
    /// <exception cref="DeploymentLockedException">The target or the deployment belongs to another process by now: nothing more was changed.</exception>
    public async Task<DeployReport> RunAsync(CancellationToken cancellationToken)
    {
        using var measured = PipelineTelemetry.StartDeployment(_definition, _scope);
        using var forward = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _fence.Lost, _abort);
        await BeginAsync().ConfigureAwait(false);
        RestoreStatus restore;
        try
        {
            if (_history.Header is not null && forward.IsCancellationRequested)
            {
                // Also where no step is left to be stopped. A verdict over which nobody has decided yet came before.
                await WithdrawQuestionsAsync().ConfigureAwait(false);
                await CancelAsync().ConfigureAwait(false);
            }

            await RunAsync(_definition.Nodes, forward.Token).ConfigureAwait(false);
            restore = await UndoAsync().ConfigureAwait(false);
        }
        catch (DeploymentLockedException)
        {
            // Whoever has it now decides what is done.
            throw;
        }
        catch (Exception)
        {
            // Steps are guarded, so only the journal can throw here. Nothing more may be done that it does not record, but the target is put back.
            await UndoWithoutJournalAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            await RemoveSandboxAsync().ConfigureAwait(false);
            _decided.Dispose();
        }

        await FinishAsync(restore).ConfigureAwait(false);
        return measured.Report = _recorder.Report.Build();
    }

    private async ValueTask BeginAsync()
    {
        if (_history.Header is null)
        {
            await _recorder.RecordAsync(DeployEventKind.DeploymentStarted, e => e with { Header = _scope.ToHeader() }, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            var last = _history.Events[^1];
            var where = _history.Started.FirstOrDefault(step => _history.InterruptedAt(step) is not null) is { } step ? $", while {step} ran" : string.Empty;
            await _recorder.RecordAsync(
                DeployEventKind.DeploymentResumed,
                e => e with { Message = $"The process that ran the deployment ended after {last.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{where}; another one went on at {e.At.UtcDateTime:HH:mm:ss} UTC." },
                CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var warning in _scope.Masker.Warnings)
        {
            await _scope.WarnAsync(null, warning, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>What an earlier process may have left behind is taken back by this one.</summary>
    private void Rearm()
    {
        var nodes = GroupNode.Flatten(_definition.Nodes).ToDictionary(node => node.Path, StringComparer.Ordinal);
        foreach (var path in _history.Started.Where(_history.IsArmed))
        {
            if (nodes[path] is { Step: IReversibleStep reversible } node)
            {
                _undo.Arm(new ArmedUndo(node, reversible, _scope.ContextOf(path)));
            }
        }
    }

    private async Task RunAsync(IReadOnlyList<PipelineNode> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case StepNode { Step: EnvironmentStep } environment when _history.StatusOf(environment.Path) is StepStatus.Succeeded || _history.InterruptedAt(environment.Path) is not null:
                    await RemakeAsync(environment).ConfigureAwait(false);
                    break;
                case StepNode step when _history.StatusOf(step.Path) is null:
                    await RunAsync(step, isFirst: true, cancellationToken).ConfigureAwait(false);
                    break;
                case StepNode step when _history.IsOpen(step.Path) && await DecideAsync(step, _history.StatusOf(step.Path)!.Value, cancellationToken).ConfigureAwait(false):
                    await RunAsync(step, isFirst: false, cancellationToken).ConfigureAwait(false);
                    break;
                case GroupNode { Parallel: false } stage:
                    await RunAsync(stage.Children, cancellationToken).ConfigureAwait(false);
                    break;
                case GroupNode group:
                    // Siblings of a failed step run to their end: stopping a side effect half way is worse than waiting for it.
                    await Task.WhenAll(group.Children.Select(child => Task.Run(() => RunAsync([child], cancellationToken), CancellationToken.None))).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Runs a step, and again as long as somebody wants it to be tried again.</summary>
    private async Task RunAsync(StepNode node, bool isFirst, CancellationToken cancellationToken)
    {
        while (await RunOnceAsync(node, isFirst, cancellationToken).ConfigureAwait(false))
        {
            isFirst = false;
        }
    }

    /// <returns>True when it is to be run once more.</returns>
    private async Task<bool> RunOnceAsync(StepNode node, bool isFirst, CancellationToken cancellationToken)
    {
        var stopped = _scope.HasFailed || cancellationToken.IsCancellationRequested;
        if (stopped)
        {
            await CancelAsync().ConfigureAwait(false);
        }

        var running = stopped ? _abort : cancellationToken;

        // Where undo has begun, even what always runs has had its turn.
        var mayRun = !stopped || (node.Options.RunAlways && !_history.IsUndoing);
        var context = _scope.ContextOf(node.Path);
        StepResult? result = null;
        if (isFirst && _history.InterruptedAt(node.Path) is { } startedAt)
        {
            result = await _runner.SettleAsync(node, context, startedAt, mayRun, running).ConfigureAwait(false);
        }

        if (result is null && mayRun)
        {
            result = await _runner.RunAsync(node, context, running).ConfigureAwait(false);
        }

        return result is { IsGood: false } && !stopped && await JudgeAsync(node, result, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A sandbox ends with its process, so a resumed deployment gets a new one, also for its undo.</summary>
    private async Task RemakeAsync(StepNode environment)
    {
        var stopped = _scope.HasFailed;
        var result = await _runner.RunAsync(environment, _scope.ContextOf(environment.Path), _abort).ConfigureAwait(false);
        if (!result.IsGood && !stopped)
        {
            await JudgeAsync(environment, result, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <returns>True when somebody decided that the step be run again.</returns>
    private async ValueTask<bool> JudgeAsync(StepNode node, StepResult result, CancellationToken cancellationToken)
    {
        if (StepRunner.Tolerates(node.Options, result))
        {
            await _scope.WarnAsync(node.Path, $"{result.Status}, which the pipeline allows: {result.Message}", CancellationToken.None).ConfigureAwait(false);
            return false;
        }

        return await DecideAsync(node, result.Status, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decides over a verdict against the deployment: a person does, where one is asked.</summary>
    /// <returns>True when the step is to be run again.</returns>
    private async ValueTask<bool> DecideAsync(StepNode node, StepStatus status, CancellationToken cancellationToken)
    {
        if (_desk.QuestionOf(node.Path) is not { IsGate: false, Decision: null or { Choice: DecisionChoice.Retry } } question)
        {
            Decide(DeploymentHistory.VerdictOf(status));
            return false;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _decided.Token);
        var decision = await _desk.DecideOverFailureAsync(question, over.Token).ConfigureAwait(false);
        if (decision.Choice is DecisionChoice.Fail or DecisionChoice.RollBack && Decide(DeploymentHistory.VerdictOf(status)))
        {
            _isLeft |= decision.Choice == DecisionChoice.Fail;
        }

        return decision.Choice == DecisionChoice.Retry;
    }

    /// <summary>A deployment that is only taken back asks nobody any more.</summary>
    private async ValueTask WithdrawQuestionsAsync()
    {
        foreach (var node in GroupNode.Flatten(_definition.Nodes).Where(node => _history.IsOpen(node.Path)))
        {
            await DecideAsync(node, _history.StatusOf(node.Path)!.Value, new CancellationToken(canceled: true)).ConfigureAwait(false);
        }
    }

    /// <summary>Journaled, because no step says it: a resumed deployment must not go on after it.</summary>
    private async ValueTask CancelAsync()
    {
        if (Decide(DeployStatus.Canceled))
        {
            await _recorder.RecordAsync(DeployEventKind.DeploymentCanceled, e => e, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The first verdict against the deployment stays; what fails afterwards never masks it.</summary>
    private bool Decide(DeployStatus verdict)
    {
        lock (_undo)
        {
            if (_scope.HasFailed)
            {
                return false;
            }

            _scope.HasFailed = true;
            _verdict = verdict;
        }

        _decided.Cancel();
        return true;
    }

    private async ValueTask<RestoreStatus> UndoAsync() => (_verdict, _isLeft) switch
    {
        (DeployStatus.Succeeded, _) => RestoreStatus.NotNeeded,
        (_, true) => _undo.Left(),

        // Whoever cancels waits for the end, and not for a warm-up and a test as well.
        (DeployStatus.Canceled, _) => await _undo.RunAsync(_history.Restore, _recorder, _fence, _abort).ConfigureAwait(false),
        _ => await new RestoreTests(_definition, _scope, _history, _fence).RunAsync(
            await _undo.RunAsync(_history.Restore, _recorder, _fence, _abort).ConfigureAwait(false), _abort).ConfigureAwait(false),
    };

    private async ValueTask UndoWithoutJournalAsync()
    {
        _recorder.GiveUpJournal();
        Decide(DeployStatus.Failed);
        if (!_isLeft)
        {
            var restore = await _undo.RunAsync(_history.Restore, _recorder, _fence, _abort).ConfigureAwait(false);
            await _recorder.LeaveWordAsync(() => FinishAsync(restore)).ConfigureAwait(false);
        }
    }

    private ValueTask FinishAsync(RestoreStatus restore) => _recorder.RecordAsync(
        DeployEventKind.DeploymentFinished, e => e with { Verdict = _verdict, Restore = restore }, CancellationToken.None);

    private async ValueTask RemoveSandboxAsync()
    {
        try
        {
            await _scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            await _scope.WarnAsync(null, $"The sandbox could not be removed: {e.Message}", CancellationToken.None).ConfigureAwait(false);
        }
    }
}

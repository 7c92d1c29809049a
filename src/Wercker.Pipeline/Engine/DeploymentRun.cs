namespace Wercker.Pipeline.Engine;

/// <summary>One run of a pipeline: steps forward in order, then, if need be, undo backward.</summary>
internal sealed class DeploymentRun
{
    private readonly PipelineDefinition _definition;
    private readonly DeploymentScope _scope;
    private readonly DeploymentRecorder _recorder;
    private readonly UndoStack _undo = new();
    private readonly CancellationToken _leaseLost;
    private readonly CancellationToken _abort;
    private DeployStatus _verdict = DeployStatus.Succeeded;

    public DeploymentRun(PipelineDefinition definition, DeployRequest request, string id, CancellationToken leaseLost, CancellationToken abort)
    {
        _definition = definition;
        _leaseLost = leaseLost;
        _abort = abort;
        var environment = definition.EnvironmentOf(request);
        _recorder = new DeploymentRecorder(id, definition.Services, environment.ToMasker());
        _scope = new DeploymentScope(request, definition.Services, environment, definition.Target, _recorder);
    }

    public async Task<DeployReport> RunAsync(CancellationToken cancellationToken)
    {
        using var activity = PipelineTelemetry.StartDeployment(_definition, _scope);
        using var forward = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _leaseLost, _abort);
        await _recorder.RecordAsync(DeployEventKind.DeploymentStarted, e => e with { Header = Header() }, CancellationToken.None).ConfigureAwait(false);
        foreach (var warning in _scope.Masker.Warnings)
        {
            await _scope.WarnAsync(null, warning, CancellationToken.None).ConfigureAwait(false);
        }

        var restore = RestoreStatus.NotNeeded;
        try
        {
            await RunAsync(_definition.Nodes, forward.Token).ConfigureAwait(false);
            if (_verdict != DeployStatus.Succeeded)
            {
                restore = _definition.LeavesOnFailure ? _undo.Left() : await _undo.RunAsync(_recorder, _abort).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // Steps are guarded, so only the journal can throw here. Nothing more may be done that it does not record, but the target is put back.
            _recorder.GiveUpJournal();
            _scope.HasFailed = true;
            if (!_definition.LeavesOnFailure)
            {
                await _undo.RunAsync(_recorder, _abort).ConfigureAwait(false);
            }

            throw;
        }
        finally
        {
            await RemoveSandboxAsync().ConfigureAwait(false);
        }

        var reason = _leaseLost.IsCancellationRequested ? "the lease on the target was lost" : null;
        await _recorder.RecordAsync(
            DeployEventKind.DeploymentFinished,
            e => e with { Verdict = _verdict, Restore = restore, Message = reason },
            CancellationToken.None).ConfigureAwait(false);
        var report = _recorder.Report.Build();
        PipelineTelemetry.EndDeployment(activity, report);
        return report;
    }

    private async Task RunAsync(IReadOnlyList<PipelineNode> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case StepNode step:
                    await RunAsync(step, cancellationToken).ConfigureAwait(false);
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

    private async Task RunAsync(StepNode node, CancellationToken cancellationToken)
    {
        var stopped = _scope.HasFailed || cancellationToken.IsCancellationRequested;
        if (stopped)
        {
            if (!_scope.HasFailed)
            {
                Decide(DeployStatus.Canceled);
            }

            if (!node.Options.RunAlways)
            {
                return;
            }

            cancellationToken = _abort;
        }

        var context = _scope.ContextOf(node.Path);
        var result = await StepRunner.RunAsync(node, context, _recorder, _undo, cancellationToken).ConfigureAwait(false);
        if (!result.IsGood && !stopped)
        {
            await JudgeAsync(node, result).ConfigureAwait(false);
        }
    }

    private async ValueTask JudgeAsync(StepNode node, StepResult result)
    {
        if (StepRunner.Tolerates(node.Options, result))
        {
            await _scope.WarnAsync(node.Path, $"{result.Status}, which the pipeline allows: {result.Message}", CancellationToken.None).ConfigureAwait(false);
            return;
        }

        Decide(result.Status switch
        {
            StepStatus.Canceled => DeployStatus.Canceled,
            StepStatus.Inconclusive => DeployStatus.Inconclusive,
            _ => DeployStatus.Failed,
        });
    }

    /// <summary>The first verdict against the deployment stays; what fails afterwards never masks it.</summary>
    private void Decide(DeployStatus verdict)
    {
        lock (_undo)
        {
            if (!_scope.HasFailed)
            {
                _scope.HasFailed = true;
                _verdict = verdict;
            }
        }
    }

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

    private DeploymentHeader Header() => new()
    {
        Pipeline = _definition.Name,
        App = _scope.Request.App,
        Revision = _scope.Request.Revision,
        Target = _definition.Target?.Name,
        RequestedBy = _scope.Request.RequestedBy,
        Steps = [.. GroupNode.Flatten(_definition.Nodes).Select(step => step.Path)],
        Environment = _scope.Environment.ToListing(),
    };
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Engine;

/// <summary>What all steps of one deployment share.</summary>
internal sealed class DeploymentScope : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, object?> _values = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _shellGate = new(1, 1);
    private readonly DeploymentHistory _history;
    private readonly PipelineDefinition _definition;
    private IReadOnlyList<IOutputSink> _sinks;
    private ISandboxShell? _shell;

    public DeploymentScope(DeployRequest request, PipelineDefinition definition, DeployEnvironment environment, DeploymentRecorder recorder, DeploymentHistory history)
    {
        Request = request;
        Environment = environment;
        Recorder = recorder;
        _definition = definition;
        _history = history;
        _sinks = Services.Outputs;
    }

    public string DeploymentId => Recorder.DeploymentId;

    public DeployRequest Request { get; }

    public PipelineServices Services => _definition.Services;

    public DeployEnvironment Environment { get; }

    public IDeployTarget? Target => _definition.Target;

    public DeploymentRecorder Recorder { get; }

    public SecretMasker Masker => Recorder.Masker;

    public ISandbox? Sandbox { get; set; }

    public bool HasFailed { get; set; }

    /// <summary>True once the target was put back and its tests run.</summary>
    public bool IsRolledBack { get; set; }

    /// <summary>Who is asked; null where a step runs without a pipeline around it.</summary>
    public DecisionDesk? Desk { get; init; }

    public DeployContext ContextOf(string stepName)
    {
        var logger = new MaskingLogger(Services.LoggerFactory.CreateLogger("Wercker.Pipeline.Step"), Masker);
        return new DeployContext(this, stepName, new StepOutput(this, stepName), logger);
    }

    public async ValueTask<ISandboxShell> OpenShellAsync(string step, ISandbox sandbox, CancellationToken cancellationToken)
    {
        await _shellGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_shell is null)
            {
                await AdmitNewSessionAsync(step, cancellationToken).ConfigureAwait(false);
                _shell = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
            }

            return _shell;
        }
        finally
        {
            _shellGate.Release();
        }
    }

    /// <summary>Journals who opens the session, because it dies with the process, and what steps left in it dies with it.</summary>
    private async ValueTask AdmitNewSessionAsync(string step, CancellationToken cancellationToken)
    {
        if (_history.LostSession is { } user && !HasFailed)
        {
            var lost = $"the files and variables that {user} left in the sandbox ended with the process that ran it";
            if (GroupNode.Flatten(_definition.Nodes).First(node => node.Path == step).Options.ResumeBehavior != ResumeBehavior.RunAgain)
            {
                throw new InvalidOperationException($"Step '{step}' cannot go on: {lost}. Deploy anew; a step that needs nothing of them says so with {nameof(ResumeBehavior)}.{nameof(ResumeBehavior.RunAgain)}.");
            }

            await WarnAsync(step, $"It got a new sandbox: {lost}.", cancellationToken).ConfigureAwait(false);
        }

        await Recorder.RecordAsync(
            DeployEventKind.ValueStored, e => e with { Step = step, Key = DeploymentHistory.SessionKey, Value = JsonElement.Parse("true"u8) }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask SetAsync<T>(string step, ContextKey<T> key, T value, CancellationToken cancellationToken)
    {
        if (key.Json is { } typeInfo)
        {
            var json = JsonSerializer.SerializeToElement(value, typeInfo);
            await Recorder.RecordAsync(DeployEventKind.ValueStored, e => e with { Step = step, Key = key.Name, Value = json }, cancellationToken).ConfigureAwait(false);
        }

        _values[key.Name] = value;
    }

    public bool TryGet<T>(ContextKey<T> key, [MaybeNullWhen(false)] out T value)
    {
        if (_values.TryGetValue(key.Name, out var stored) && stored is T typed)
        {
            value = typed;
            return true;
        }

        // Of an earlier process: read when asked for, because only the key knows its type.
        if (key.Json is { } typeInfo && !_values.ContainsKey(key.Name) && _history.Values.TryGetValue(key.Name, out var json)
            && json.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && json.Deserialize(typeInfo) is { } restored)
        {
            value = restored;
            return true;
        }

        value = default;
        return false;
    }

    public ValueTask WarnAsync(string? step, string message, CancellationToken cancellationToken) =>
        Recorder.RecordAsync(DeployEventKind.Warning, e => e with { Step = step, Message = message }, cancellationToken);

    /// <summary>Hands lines to every sink; one that throws is dropped and said so, for the log must not decide over the deployment.</summary>
    public async ValueTask WriteOutputAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        foreach (var sink in _sinks)
        {
            try
            {
                await sink.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                lock (_values)
                {
                    _sinks = [.. _sinks.Where(other => other != sink)];
                }

                await WarnAsync(block.Step, $"The output sink {sink.GetType().Name} failed and gets no more lines: {e.Message}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What the deployment is, for the journal.</summary>
    public DeploymentHeader ToHeader() => new()
    {
        Pipeline = _definition.Name,
        App = Request.App,
        Revision = Request.Revision,
        Target = Target?.Name,
        RequestedBy = Request.RequestedBy,
        Source = Request.Source,
        Steps = [.. GroupNode.Flatten(_definition.Nodes).Select(step => step.Path)],
        Environment = Environment.ToListing(),
    };

    /// <summary>What WERCKER_GIT_COMMIT was in the deployment before; null when the journal does not know.</summary>
    public async ValueTask<string?> FindPreviousCommitAsync(CancellationToken cancellationToken) =>
        await DeploymentHistory.FindPreviousAsync(Services.Journal, DeploymentId, ToHeader(), cancellationToken).ConfigureAwait(false) is { } before
            ? before.Environment.GetValueOrDefault("WERCKER_GIT_COMMIT", before.Revision)
            : null;

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await _shell.DisposeAsync().ConfigureAwait(false);
        }

        if (Sandbox is not null)
        {
            await Sandbox.DisposeAsync().ConfigureAwait(false);
        }

        _shellGate.Dispose();
    }
}

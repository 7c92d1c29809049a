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
    private IReadOnlyList<IOutputSink> _sinks;
    private ISandboxShell? _shell;

    public DeploymentScope(DeployRequest request, PipelineServices services, DeployEnvironment environment, IDeployTarget? target, DeploymentRecorder recorder)
    {
        Request = request;
        Services = services;
        Environment = environment;
        Target = target;
        Recorder = recorder;
        _sinks = services.Outputs;
    }

    public string DeploymentId => Recorder.DeploymentId;

    public DeployRequest Request { get; }

    public PipelineServices Services { get; }

    public DeployEnvironment Environment { get; }

    public IDeployTarget? Target { get; }

    public DeploymentRecorder Recorder { get; }

    public SecretMasker Masker => Recorder.Masker;

    public ISandbox? Sandbox { get; set; }

    public bool HasFailed { get; set; }

    public DeployContext ContextOf(string stepName)
    {
        var logger = new MaskingLogger(Services.LoggerFactory.CreateLogger("Wercker.Pipeline.Step"), Masker);
        return new DeployContext(this, stepName, new StepOutput(this, stepName), logger);
    }

    public async ValueTask<ISandboxShell> OpenShellAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        await _shellGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _shell ??= await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _shellGate.Release();
        }
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

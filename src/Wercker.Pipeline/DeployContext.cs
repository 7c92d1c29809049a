using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Engine;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline;

/// <summary>What a step may know and use of the running deployment.</summary>
public sealed class DeployContext
{
    private readonly DeploymentScope _scope;

    internal DeployContext(DeploymentScope scope, string stepName, StepOutput output, ILogger logger)
    {
        _scope = scope;
        StepName = stepName;
        Output = output;
        Logger = logger;
    }

    /// <summary>The deployment's id.</summary>
    public string DeploymentId => _scope.DeploymentId;

    /// <summary>When the deployment began, also when it was resumed since.</summary>
    public DateTimeOffset StartedAt => _scope.Recorder.Report.StartedAt;

    /// <summary>What is deployed.</summary>
    public DeployRequest Request => _scope.Request;

    /// <summary>The name of the step that has this context, with its stages: "canary/Push".</summary>
    public string StepName { get; }

    /// <summary>Logs, masked.</summary>
    public ILogger Logger { get; }

    /// <summary>The step's output: masked, logged, shown.</summary>
    public StepOutput Output { get; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider => _scope.Services.TimeProvider;

    /// <summary>Masks texts, and learns secrets that turn up late.</summary>
    public SecretMasker Secrets => _scope.Masker;

    /// <summary>The environment variables of the deployment.</summary>
    public DeployEnvironment Environment => _scope.Environment;

    /// <summary>True when an earlier step decided against the deployment, or it was canceled: only what always runs, runs.</summary>
    public bool HasFailed => _scope.HasFailed;

    /// <summary>
    /// True while a step that verifies a roll back (<see cref="StepOptions.VerifiesRollBack"/>) is run for the second time: what is live should be what was
    /// live before the deployment.
    /// </summary>
    public bool IsRolledBack => _scope.IsRolledBack;

    /// <summary>The target.</summary>
    /// <exception cref="InvalidOperationException">The pipeline has no target.</exception>
    public IDeployTarget Target => _scope.Target
        ?? throw new InvalidOperationException($"Step '{StepName}' needs a target: give the pipeline one with UseTarget.");

    /// <summary>The target; null in a pipeline without one.</summary>
    internal IDeployTarget? TargetIfAny => _scope.Target;

    /// <summary>The sandbox.</summary>
    /// <exception cref="InvalidOperationException">The pipeline has no sandbox.</exception>
    public ISandbox Sandbox => _scope.Sandbox
        ?? throw new InvalidOperationException($"Step '{StepName}' needs a sandbox: give the pipeline one with UseSandbox.");

    /// <summary>The deployment's one bash session in the sandbox, opened at first use and shared by all steps.</summary>
    /// <param name="cancellationToken">Cancels the start of the shell.</param>
    /// <returns>The session; the pipeline closes it.</returns>
    /// <exception cref="InvalidOperationException">The pipeline has no sandbox.</exception>
    /// <exception cref="SandboxException">The shell does not start.</exception>
    public ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken) => _scope.OpenShellAsync(StepName, Sandbox, cancellationToken);

    /// <summary>Hands a value to later steps and to this step's own undo.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="key">The value's name; with a JSON type in it, the value is journaled before the method returns.</param>
    /// <param name="value">The value; never a secret when the key is journaled.</param>
    /// <param name="cancellationToken">Cancels the journaling.</param>
    /// <returns>When the value will be there after a crash.</returns>
    public ValueTask SetAsync<T>(ContextKey<T> key, T value, CancellationToken cancellationToken) => _scope.SetAsync(StepName, key, value, cancellationToken);

    /// <summary>Reads a value that a step set.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="key">The value's name.</param>
    /// <param name="value">The value.</param>
    /// <returns>True when it is there.</returns>
    public bool TryGet<T>(ContextKey<T> key, [MaybeNullWhen(false)] out T value) => _scope.TryGet(key, out value);

    /// <summary>What WERCKER_GIT_COMMIT was in the deployment before; null when the journal does not know.</summary>
    internal ValueTask<string?> FindPreviousCommitAsync(CancellationToken cancellationToken) => _scope.FindPreviousCommitAsync(cancellationToken);

    /// <summary>Asks a person whether the deployment may go on.</summary>
    internal ValueTask<Decision> PassGateAsync(string question, TimeSpan within, CancellationToken cancellationToken) =>
        _scope.Desk!.PassGateAsync(StepName, question, within, cancellationToken);

    /// <summary>Gives the deployment its sandbox, which is disposed with it.</summary>
    internal void Adopt(ISandbox sandbox) => _scope.Sandbox = sandbox;

    /// <summary>Records something that should be looked at, without changing the verdict.</summary>
    /// <param name="message">One sentence.</param>
    /// <param name="cancellationToken">Cancels the journaling.</param>
    /// <returns>When it is recorded.</returns>
    public ValueTask WarnAsync(string message, CancellationToken cancellationToken) => _scope.WarnAsync(StepName, message, cancellationToken);
}

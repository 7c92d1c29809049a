using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Testing;

/// <summary>A target in memory that can do everything, shows its state, records its calls and fails when it is told to.</summary>
/// <remarks>For a target that can do less, see <see cref="Only"/>.</remarks>
/// <param name="name">The target's name.</param>
/// <param name="timeProvider">The clock of scripted delays; null for the system's.</param>
public sealed class FakeTarget(string name = "fake", TimeProvider? timeProvider = null)
    : IDeployTarget, IPreflight, IMaintenance, ICommandRunner, IPush, IRestart, IReleaseHistory
{
    private readonly Lock _gate = new();
    private readonly List<FakeTargetCall> _calls = [];
    private readonly List<Release> _releases = [];
    private readonly Dictionary<TargetOperation, Queue<Func<StepResult?>>> _answers = [];

    /// <inheritdoc />
    public string Name { get; } = name;

    /// <summary>Whether maintenance is on. Set it to say how the deployment finds the target. Default: false.</summary>
    public bool Maintenance { get; set; }

    /// <summary>What the target answers to one-off commands.</summary>
    public CommandScript Script { get; } = new();

    /// <summary>The variables that the target brings into a deployment. None by default.</summary>
    public IDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What was asked of the target, in order.</summary>
    public IReadOnlyList<FakeTargetCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The releases, the live one last. A push and a roll back add one.</summary>
    public IReadOnlyList<Release> Releases
    {
        get
        {
            lock (_gate)
            {
                return [.. _releases];
            }
        }
    }

    /// <summary>Releases something before the test begins.</summary>
    /// <param name="description">What was released.</param>
    /// <returns>The release, which is live now: "v1", "v2" and so on.</returns>
    public Release AddRelease(string description)
    {
        lock (_gate)
        {
            var release = new Release($"v{_releases.Count + 1}", description);
            _releases.Add(release);
            return release;
        }
    }

    /// <summary>Scripts an accident: the next call of an operation throws and changes nothing. Several are thrown one after the other.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="exception">What it throws.</param>
    /// <returns>This target.</returns>
    public FakeTarget Throw(TargetOperation operation, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Enqueue(operation, () => throw exception);
    }

    /// <summary>Scripts a verdict: the next call of an operation answers with it and changes nothing. Several are given one after the other.</summary>
    /// <param name="operation">One of those that answer with a verdict: Check, Push, Restart, RollBack.</param>
    /// <param name="result">The verdict.</param>
    /// <returns>This target.</returns>
    /// <exception cref="ArgumentException">The operation does not answer with a verdict.</exception>
    public FakeTarget Answer(TargetOperation operation, StepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return operation is TargetOperation.Check or TargetOperation.Push or TargetOperation.Restart or TargetOperation.RollBack
            ? Enqueue(operation, () => result)
            : throw new ArgumentException($"{operation} does not answer with a verdict. Script a reply in {nameof(Script)}, set the state, or let it throw.", nameof(operation));
    }

    /// <summary>The same target as one that has no capability, or only one: steps that need another find it missing.</summary>
    /// <param name="capability">What it still can.</param>
    /// <returns>A view of this target; calls through it are recorded here.</returns>
    public IDeployTarget Only(TargetCapability capability) => FakeTargetView.Of(this, capability);

    /// <inheritdoc />
    public ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Enter(TargetOperation.Check, null, cancellationToken) ?? StepResult.Succeeded());

    /// <inheritdoc />
    public ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Enter(TargetOperation.GetMaintenance, null, cancellationToken);
        return ValueTask.FromResult(Maintenance);
    }

    /// <inheritdoc />
    public ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken)
    {
        Enter(TargetOperation.SetMaintenance, on ? "on" : "off", cancellationToken);
        Maintenance = on;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(output);
        Enter(TargetOperation.Run, command.Text, cancellationToken);
        return Script.PlayAsync(command, output, timeProvider ?? TimeProvider.System, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var revision = context.Request.Revision;
        return ValueTask.FromResult(Enter(TargetOperation.Push, revision, cancellationToken) ?? StepResult.Succeeded($"Released {AddRelease(revision).Id}."));
    }

    /// <inheritdoc />
    public ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        Enter(TargetOperation.GetCurrent, null, cancellationToken);
        lock (_gate)
        {
            var current = _releases.LastOrDefault();
            return ValueTask.FromResult(
                current?.Id == before?.Id ? null
                : current?.Description == context.Request.Revision ? StepResult.Succeeded($"{current.Id} is live.")
                : StepResult.Inconclusive($"{current?.Id ?? "Nothing"} is live."));
        }
    }

    /// <inheritdoc />
    public ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Enter(TargetOperation.Restart, null, cancellationToken) ?? StepResult.Succeeded());

    /// <inheritdoc />
    public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Enter(TargetOperation.GetCurrent, null, cancellationToken);
        lock (_gate)
        {
            return ValueTask.FromResult(_releases.LastOrDefault());
        }
    }

    /// <inheritdoc />
    public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        if (Enter(TargetOperation.RollBack, release.Id, cancellationToken) is { } scripted)
        {
            return ValueTask.FromResult(scripted);
        }

        lock (_gate)
        {
            if (!_releases.Contains(release))
            {
                return ValueTask.FromResult(StepResult.Failed($"There is no release {release.Id}."));
            }

            if (_releases[^1] != release)
            {
                _releases.Add(release);
            }

            return ValueTask.FromResult(StepResult.Succeeded($"{release.Id} is live again."));
        }
    }

    /// <inheritdoc />
    public void Contribute(DeployEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        foreach (var (variable, value) in Variables)
        {
            environment.Set(variable, value);
        }
    }

    // Records the call and gives the scripted verdict, if there is one; a scripted accident is thrown.
    private StepResult? Enter(TargetOperation operation, string? argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Func<StepResult?>? answer = null;
        lock (_gate)
        {
            _calls.Add(new FakeTargetCall(operation, argument));
            if (_answers.TryGetValue(operation, out var queue))
            {
                queue.TryDequeue(out answer);
            }
        }

        return answer?.Invoke();
    }

    private FakeTarget Enqueue(TargetOperation operation, Func<StepResult?> answer)
    {
        lock (_gate)
        {
            if (!_answers.TryGetValue(operation, out var queue))
            {
                _answers[operation] = queue = new Queue<Func<StepResult?>>();
            }

            queue.Enqueue(answer);
            return this;
        }
    }
}

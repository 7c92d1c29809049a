using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>Runs something inside a deployment to a target, as a step of it would run: targets need the deployment's context.</summary>
/// <param name="target">The target.</param>
/// <param name="body">What to run; an exception of it must come through.</param>
/// <param name="cancellationToken">Cancels the deployment.</param>
/// <returns>When the body has run.</returns>
public delegate Task DeploymentRunner(IDeployTarget target, Func<DeployContext, CancellationToken, Task> body, CancellationToken cancellationToken);

/// <summary>What every <see cref="IDeployTarget"/> must do. There are rules only for what the target says it can.</summary>
/// <remarks>
/// The rules deploy, restart and switch maintenance: use a target that nobody needs. A command runner must run shell text and
/// know "exit 3" and "echo contract".
/// </remarks>
public sealed class TargetContract
{
    private readonly Func<IDeployTarget> _create;
    private readonly DeploymentRunner _run;

    /// <summary>Makes the kit.</summary>
    /// <param name="create">Makes the target, always from the same settings; called once here, to see what it can, and once per rule.</param>
    /// <param name="run">Runs the rules inside a deployment.</param>
    public TargetContract(Func<IDeployTarget> create, DeploymentRunner run)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(run);
        _create = create;
        _run = run;
        var sample = create();
        var rules = new List<ContractRule> { new("The target has a name that stays", _ => NameStaysAsync()) };
        if (sample is IPreflight)
        {
            rules.Add(Rule<IPreflight>("The preflight check answers yes or no, with a reason", (target, context, token) => AnswersAsync("CheckAsync", target.CheckAsync(context, token), StepStatus.Succeeded, StepStatus.Failed)));
            rules.Add(Cancels<IPreflight>("The preflight check", (target, context, token) => target.CheckAsync(context, token).AsTask()));
        }

        if (sample is IMaintenance)
        {
            rules.Add(Rule<IMaintenance>("Maintenance is what it was switched to, also when it was so before", MaintenanceRoundTripAsync));
            rules.Add(Cancels<IMaintenance>("Switching maintenance", (target, context, token) => target.SetMaintenanceAsync(context, true, token).AsTask()));
        }

        if (sample is ICommandRunner)
        {
            rules.Add(Rule<ICommandRunner>("A command's exit code and output are known for certain", CommandsAsync));
            rules.Add(Cancels<ICommandRunner>("A command", (target, context, token) => target.RunAsync(context, new ShellCommand("echo contract"), context.Output, token).AsTask()));
        }

        if (sample is IRestart)
        {
            rules.Add(Rule<IRestart>("A restart answers with a verdict", (target, context, token) => AnswersAsync("RestartAsync", target.RestartAsync(context, token), StepStatus.Succeeded, StepStatus.Failed, StepStatus.Inconclusive)));
            rules.Add(Cancels<IRestart>("A restart", (target, context, token) => target.RestartAsync(context, token).AsTask()));
        }

        if (sample is IPush)
        {
            rules.Add(Rule<IPush>("A push answers with a verdict, and what was pushed is live", PushAsync));
            rules.Add(Cancels<IPush>("A push", (target, context, token) => target.PushAsync(context, token).AsTask()));
        }

        if (sample is IReleaseHistory)
        {
            rules.Add(Rule<IReleaseHistory>("Rolling back to the live release harms nothing", RollBackToCurrentAsync));
            rules.Add(Rule<IReleaseHistory>("Rolling back to a release that never was is no success and changes nothing", RollBackToNowhereAsync));
            rules.Add(Cancels<IReleaseHistory>("Asking for the live release", (target, context, token) => target.GetCurrentAsync(context, token).AsTask()));
        }

        rules.Add(Rule<IDeployTarget>("The target's variables are the same every time", (target, _, _) => ContributesTheSameAsync(target)));

        Rules = rules;
    }

    /// <summary>The rules for what the target can.</summary>
    public IReadOnlyList<ContractRule> Rules { get; }

    private ContractRule Rule<T>(string name, Func<T, DeployContext, CancellationToken, Task> verify) => new(name, async cancellationToken =>
    {
        var target = _create();
        try
        {
            await _run(target, (context, token) => verify((T)target, context, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(target).ConfigureAwait(false);
        }
    });

    private ContractRule Cancels<T>(string what, Func<T, DeployContext, CancellationToken, Task> call) => Rule<T>(
        $"{what} can be canceled",
        (target, context, cancellationToken) => Expect.CanceledAsync(what, token => call(target, context, token), cancellationToken));

    private async Task NameStaysAsync()
    {
        var (one, other) = (_create(), _create());
        try
        {
            Expect.That(!string.IsNullOrWhiteSpace(one.Name), "The target has no name: nothing could keep two deployments to it apart.");
            Expect.That(one.Name == one.Name.Trim(), $"The name '{one.Name}' has blanks around it.");
            Expect.That(one.Name == other.Name, $"The same settings gave the names '{one.Name}' and '{other.Name}': two deployments would not see that they share a target.");
        }
        finally
        {
            await Expect.DisposeAsync(one).ConfigureAwait(false);
            await Expect.DisposeAsync(other).ConfigureAwait(false);
        }
    }

    private static async Task<StepResult> AnswersAsync(string what, ValueTask<StepResult> call, params StepStatus[] allowed)
    {
        var result = await call.ConfigureAwait(false);
        Expect.That(result is not null, $"{what} answered with null.");
        Expect.That(allowed.Contains(result!.Status), $"{what} answered {result.Status}; a verdict is one of {string.Join(", ", allowed)}.");
        Expect.That(result.Status == StepStatus.Succeeded || !string.IsNullOrWhiteSpace(result.Message), $"{what} answered {result.Status} without a reason.");
        return result;
    }

    private static async Task MaintenanceRoundTripAsync(IMaintenance target, DeployContext context, CancellationToken cancellationToken)
    {
        var found = await target.GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false);
        foreach (var on in new[] { true, true, false, false, found })
        {
            await target.SetMaintenanceAsync(context, on, cancellationToken).ConfigureAwait(false);
            var seen = await target.GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false);
            Expect.That(seen == on, $"Maintenance was switched {(on ? "on" : "off")} and is {(seen ? "on" : "off")}.");
        }
    }

    private static async Task CommandsAsync(ICommandRunner target, DeployContext context, CancellationToken cancellationToken)
    {
        var lines = new CollectingWriter();
        var good = await target.RunAsync(context, new ShellCommand("echo contract"), lines, cancellationToken).ConfigureAwait(false);
        Expect.That(good.Succeeded, $"'echo contract' ended as {good.End} with exit code {good.ExitCode}.");
        Expect.That(lines.Text.Contains("contract", StringComparison.Ordinal), $"'echo contract' wrote '{lines.Text}'.");
        var bad = await target.RunAsync(context, new ShellCommand("exit 3"), lines, cancellationToken).ConfigureAwait(false);
        Expect.That(bad is { Succeeded: false, ExitCode: 3 }, $"'exit 3' ended as {bad.End} with exit code {bad.ExitCode}: a failed migration would look like another one.");
    }

    private static async Task PushAsync(IPush target, DeployContext context, CancellationToken cancellationToken)
    {
        var result = await AnswersAsync("PushAsync", target.PushAsync(context, cancellationToken), StepStatus.Succeeded, StepStatus.Skipped, StepStatus.Failed, StepStatus.Inconclusive).ConfigureAwait(false);
        if (result.IsGood && target is IReleaseHistory history)
        {
            var current = await history.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false);
            Expect.That(current is not null, "The push succeeded, but no release is live.");
        }
    }

    private static async Task RollBackToCurrentAsync(IReleaseHistory target, DeployContext context, CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(target, context, cancellationToken).ConfigureAwait(false);
        var result = await target.RollBackAsync(context, current, cancellationToken).ConfigureAwait(false);
        Expect.That(result.IsGood, $"Rolling back to the live release {current.Id} answered {result.Status}: {result.Message} An undo that finds nothing to undo would fail.");

        // A platform may count the roll back as a release of its own; what it must not do is to have none.
        await CurrentAsync(target, context, cancellationToken).ConfigureAwait(false);
    }

    private static async Task RollBackToNowhereAsync(IReleaseHistory target, DeployContext context, CancellationToken cancellationToken)
    {
        var before = await CurrentAsync(target, context, cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await target.RollBackAsync(context, new Release("no-such-release-0"), cancellationToken).ConfigureAwait(false);
            Expect.That(result.Status != StepStatus.Succeeded, "Rolling back to a release that never was answered Succeeded: a failed undo would be reported as done.");
        }
        catch (Exception e) when (e is not OperationCanceledException and not ContractViolationException)
        {
            // An accident is an honest answer too.
        }

        var after = await CurrentAsync(target, context, cancellationToken).ConfigureAwait(false);
        Expect.That(after == before, $"Rolling back to a release that never was changed the live release from {before.Id} to {after.Id}.");
    }

    // A target that was never deployed to is deployed to first, so that the rule sees something.
    private static async Task<Release> CurrentAsync(IReleaseHistory target, DeployContext context, CancellationToken cancellationToken)
    {
        var current = await target.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false);
        if (current is null && target is IPush push)
        {
            await push.PushAsync(context, cancellationToken).ConfigureAwait(false);
            current = await target.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false);
        }

        Expect.That(!string.IsNullOrEmpty(current?.Id), "No release is live, so nothing can be rolled back. Give the kit a target with a release.");
        return current!;
    }

    private static Task ContributesTheSameAsync(IDeployTarget target)
    {
        var (one, other) = (new DeployEnvironment(), new DeployEnvironment());
        target.Contribute(one);
        target.Contribute(other);
        target.Contribute(other);
        Expect.That(one.SequenceEqual(other), $"The variables were {string.Join(", ", one.Select(v => v.Name))} and then {string.Join(", ", other.Select(v => v.Name))}, or changed their values.");
        return Task.CompletedTask;
    }
}

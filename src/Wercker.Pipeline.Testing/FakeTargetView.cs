using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Testing;

/// <summary>A fake target seen through one capability. A class each, because steps ask a target what it can by its type.</summary>
internal abstract class FakeTargetView(FakeTarget target) : IDeployTarget
{
    public string Name => target.Name;

    protected FakeTarget Target => target;

    public static IDeployTarget Of(FakeTarget target, TargetCapability capability) => capability switch
    {
        TargetCapability.None => new Bare(target),
        TargetCapability.Preflight => new Preflight(target),
        TargetCapability.Maintenance => new Maintenance(target),
        TargetCapability.CommandRunner => new CommandRunner(target),
        TargetCapability.Push => new Push(target),
        TargetCapability.Restart => new Restart(target),
        TargetCapability.ReleaseHistory => new ReleaseHistory(target),
        _ => throw new ArgumentOutOfRangeException(nameof(capability), capability, "Unknown capability."),
    };

    private sealed class Bare(FakeTarget target) : FakeTargetView(target);

    private sealed class Preflight(FakeTarget target) : FakeTargetView(target), IPreflight
    {
        public ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken) => Target.CheckAsync(context, cancellationToken);
    }

    private sealed class Maintenance(FakeTarget target) : FakeTargetView(target), IMaintenance
    {
        public ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken) => Target.GetMaintenanceAsync(context, cancellationToken);

        public ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken) => Target.SetMaintenanceAsync(context, on, cancellationToken);
    }

    private sealed class CommandRunner(FakeTarget target) : FakeTargetView(target), ICommandRunner
    {
        public ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken) =>
            Target.RunAsync(context, command, output, cancellationToken);
    }

    private sealed class Push(FakeTarget target) : FakeTargetView(target), IPush
    {
        public ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken) => Target.PushAsync(context, cancellationToken);
    }

    private sealed class Restart(FakeTarget target) : FakeTargetView(target), IRestart
    {
        public ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken) => Target.RestartAsync(context, cancellationToken);
    }

    private sealed class ReleaseHistory(FakeTarget target) : FakeTargetView(target), IReleaseHistory
    {
        public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) => Target.GetCurrentAsync(context, cancellationToken);

        public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken) =>
            Target.RollBackAsync(context, release, cancellationToken);
    }
}

using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>A platform that outlives the processes which deploy to it, and that each process can be cut off from.</summary>
internal sealed class CrashingTarget : IDeployTarget, IPreflight, IMaintenance, ICommandRunner, IPush, IRestart, IReleaseHistory
{
    private readonly List<Release> _releases = [new("v1", "old")];

    public CrashingProcess Process { get; set; } = new(null);

    public bool Maintenance { get; set; }

    public bool HasMaintenanceAtPush { get; private set; } = true;

    public List<string> Commands { get; } = [];

    public string Name => "platform";

    /// <summary>What is live.</summary>
    public Release Live => _releases[^1];

    public int Restarts { get; private set; }

    public ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken) => new(Act(() => StepResult.Succeeded()));

    public ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken) => new(Act(() => Maintenance));

    public ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken)
    {
        Act(() => Maintenance = on);
        return ValueTask.CompletedTask;
    }

    public ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        Act(() =>
        {
            Commands.Add(command.Text);
            return 0;
        });
        return new(new CommandResult(CommandEnd.Exited, 0, TimeSpan.FromSeconds(1)));
    }

    public ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken) => new(Act(() =>
    {
        HasMaintenanceAtPush &= Maintenance;
        _releases.Add(new Release($"v{_releases.Count + 1}", context.Request.Revision));
        return StepResult.Succeeded();
    }));

    public ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken) => new(Act<StepResult?>(() =>
        Live.Id == before?.Id ? null : Live.Description == context.Request.Revision ? StepResult.Succeeded($"{Live.Id} is live") : StepResult.Inconclusive("something else is live")));

    public ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken) => new(Act(() =>
    {
        Restarts++;
        return StepResult.Succeeded();
    }));

    public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) => new(Act<Release?>(() => Live));

    public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken) => new(Act(() =>
    {
        _releases.Add(release);
        return StepResult.Succeeded();
    }));

    private T Act<T>(Func<T> act)
    {
        Process.Live();
        var result = act();
        Process.Live();
        return result;
    }
}

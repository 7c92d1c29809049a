using Wercker.Pipeline.Commands;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>Runs the commands of one phase: those of a target that runs commands itself there, all others in the sandbox.</summary>
internal sealed class CommandsStep(string key, IReadOnlyList<WerckerCommand> commands)
{
    private readonly CommandSequence _commands = new(commands);

    public bool IsEmpty => _commands.IsEmpty;

    public bool RunsAlways => _commands.HasAlwaysRun;

    public StepForecast Forecast(IDeployTarget? target, string where) => _commands.IsEmpty
        ? StepForecast.Skips(Nothing)
        : StepForecast.Runs(target is ICommandRunner ? $"run the \"{key}\" commands on the target" : $"run the \"{key}\" commands {where}") with { Commands = _commands.Texts };

    public ValueTask<StepResult> RunAsync(DeployContext context, ICommandRunner? runner, CancellationToken cancellationToken) =>
        RunAsync(context, runner, context.HasFailed, cancellationToken);

    public async ValueTask<StepResult> RunAsync(DeployContext context, ICommandRunner? runner, bool hasFailed, CancellationToken cancellationToken) => _commands.IsEmpty
        ? StepResult.Skipped(Nothing)
        : await _commands.RunAsync(
            context,
            runner is null ? null : (command, output, token) => runner.RunAsync(context, command, output, token),
            hasFailed,
            cancellationToken).ConfigureAwait(false);

    private string Nothing => $"there are no \"{key}\" commands";
}

using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>Runs the "pre-deploy" commands, before the push, so on a platform that runs them itself they see the old release.</summary>
/// <param name="commands">The commands, in order.</param>
internal sealed class PreDeployCustomStep(IReadOnlyList<WerckerCommand> commands) : IDeployStep
{
    private readonly CommandsStep _commands = new("pre-deploy", commands);

    /// <inheritdoc />
    /// <remarks>Nobody can tell what a script that was cut off has done, so it is never run a second time.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_commands.IsEmpty ? null : StepResult.Inconclusive("the commands may have run in part"));

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _commands.Forecast(context.Target, "in the sandbox");
    }

    /// <inheritdoc />
    public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _commands.RunAsync(context, context.Target as ICommandRunner, cancellationToken);
    }
}

using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>Restarts the application, where the target can, and puts maintenance back as it was found.</summary>
internal sealed class RestartStep : IDeployStep
{
    private const string NothingToDo = "the target has neither restart nor maintenance mode";

    /// <summary>Restarts the application; false only puts maintenance back. Default: true.</summary>
    public bool RestartApplication { get; init; } = true;

    /// <inheritdoc />
    /// <remarks>Restarting twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (RestartApplication ? context.Target as IRestart : null, context.Target as IMaintenance) switch
        {
            ({ }, { }) => StepForecast.Runs("restart the application, put maintenance back as found"),
            ({ }, _) => StepForecast.Runs("restart the application"),
            (_, { }) => StepForecast.Runs("put maintenance back as found"),
            _ => StepForecast.Skips(NothingToDo),
        };
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var restarted = RestartApplication && context.Target is IRestart restart ? await restart.RestartAsync(context, cancellationToken).ConfigureAwait(false) : null;
        if (restarted is { IsGood: false })
        {
            return restarted;
        }

        var maintenance = await MaintenanceOnStep.PutBackAsync(context, cancellationToken).ConfigureAwait(false);
        if (restarted is not null || maintenance is not null)
        {
            await DelayedWindow.ReleasedAsync(context, cancellationToken).ConfigureAwait(false);
        }

        return (restarted, maintenance) switch
        {
            (null, null) => StepResult.Skipped(NothingToDo),
            (null, _) => StepResult.Succeeded(maintenance),
            (_, null) => restarted,
            _ => restarted with { Status = StepStatus.Succeeded, Message = $"{restarted.Message ?? "restarted"}; {maintenance}" },
        };
    }
}

using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>Checks the target beforehand: credentials, existence, rights. Skipped when the target has nothing to check.</summary>
public sealed class SetupStep : IDeployStep
{
    private const string NothingToCheck = "the target needs no setup";

    /// <summary>The log test of later, which has to know where logs end now; null when there is none.</summary>
    internal LogTest? Log { get; init; }

    /// <inheritdoc />
    /// <remarks>Checking twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Target is IPreflight ? StepForecast.Runs("check the target") : StepForecast.Skips(NothingToCheck);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Log is not null)
        {
            await LogTestStep.MarkAsync(Log, context, cancellationToken).ConfigureAwait(false);
        }

        return context.Target is IPreflight preflight
            ? await preflight.CheckAsync(context, cancellationToken).ConfigureAwait(false)
            : StepResult.Skipped(NothingToCheck);
    }
}

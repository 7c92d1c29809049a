namespace Wercker.Pipeline;

/// <summary>One thing that a deployment does or checks. One method is enough.</summary>
/// <remarks>
/// A step answers with a verdict (<see cref="StepResult"/>) and throws only for accidents: an exception becomes
/// <see cref="StepStatus.Error"/> in one place of the engine, with its text masked. One step object may serve many
/// deployments at once, so what belongs to one deployment is kept in the <see cref="DeployContext"/>, not in fields.
/// </remarks>
public interface IDeployStep
{
    /// <summary>Runs the step.</summary>
    /// <param name="context">What the step may know and use of the running deployment.</param>
    /// <param name="cancellationToken">Canceled when the deployment is canceled or the step's timeout has passed.</param>
    /// <returns>The verdict with its evidence.</returns>
    ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken);

    /// <summary>Finds out what became of the step in a process that ended while the step ran. Asked when the deployment is resumed, and never run twice unasked.</summary>
    /// <param name="context">The resumed deployment, with the values that the step stored in the journal.</param>
    /// <param name="cancellationToken">Canceled when the deployment is canceled or the step's timeout has passed.</param>
    /// <returns>
    /// Null: it had no effect, or running it again does no harm; it is run. Succeeded, Skipped or Failed: it ended like that. Inconclusive: nobody
    /// can tell. Default: Inconclusive.
    /// </returns>
    ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<StepResult?>(StepResult.Inconclusive("the step has no way to find out"));

    /// <summary>Tells beforehand, without touching anything, what the step would do in a deployment.</summary>
    /// <param name="context">The request, the target and the environment that a deployment would have.</param>
    /// <returns>What would run, or why it would be skipped, and what it needs. Default: the step's type.</returns>
    StepForecast Forecast(DeployPlanContext context) => StepForecast.Runs($"run {GetType().Name}");
}

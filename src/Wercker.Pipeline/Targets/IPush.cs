namespace Wercker.Pipeline.Targets;

/// <summary>A target to which a new version can be brought.</summary>
public interface IPush
{
    /// <summary>Tells what the push would do, contacting nobody.</summary>
    /// <returns>What would run, or why nothing would. Default: a sentence without details.</returns>
    StepForecast ForecastPush() => StepForecast.Runs("push the new version");

    /// <summary>Takes back the push of this deployment. Called also when the push failed half way; idempotent. Not asked of targets that know their releases.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>Succeeded when the target is as it was before. Default: Inconclusive, there is no way back.</returns>
    ValueTask<StepResult> UndoPushAsync(DeployContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StepResult.Inconclusive("the target has no way to take back a push"));

    /// <summary>Brings the new version to the target. Succeeds only when the target says that the version is there.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the push.</param>
    /// <returns>The verdict with its evidence.</returns>
    ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken);
}

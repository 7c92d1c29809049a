namespace Wercker.Pipeline.Targets;

/// <summary>A target to which a new version can be brought.</summary>
public interface IPush
{
    /// <summary>Tells what the push would do, contacting nobody.</summary>
    /// <returns>What would run, or why nothing would. Default: a sentence without details.</returns>
    StepForecast ForecastPush() => StepForecast.Runs("push the new version");

    /// <summary>Tells why a push could not be taken back, contacting nobody. Not asked of targets that know their releases.</summary>
    /// <returns>What is missing, in a sentence; null when there is a way. Default: there is none.</returns>
    string? FindUndoObstacle() => "the target has no way to take back a push";

    /// <summary>Takes back the push of this deployment. Called also when the push failed half way; idempotent. Not asked of targets that know their releases.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>Succeeded when the target is as it was before. Default: Inconclusive, there is no way back.</returns>
    ValueTask<StepResult> UndoPushAsync(DeployContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StepResult.Inconclusive(FindUndoObstacle() ?? "the target has no way to take back a push"));

    /// <summary>Finds out what became of a push whose process ended while it ran.</summary>
    /// <param name="context">The resumed deployment.</param>
    /// <param name="before">The release that was live before; null when there was none, or when the target has no <see cref="IReleaseHistory"/>.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>
    /// Succeeded: the version is there. Failed: it is not and will not come. Null: nothing came of it, or pushing again does no harm; it is pushed again.
    /// Default: of a target that knows its releases, null while the release from before is live; Inconclusive otherwise, and the push is taken back.
    /// </returns>
    async ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken) =>
        this is IReleaseHistory history && (await history.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false))?.Id == before?.Id
            ? null
            : StepResult.Inconclusive("the target cannot tell whether the push arrived");

    /// <summary>
    /// Sees to it that nothing more comes of a push of this deployment that did not run to its end: stops it, or waits for what cannot be stopped. Called before the
    /// undo of a target that knows its releases asks which one is live; idempotent.
    /// </summary>
    /// <param name="context">The deployment that is undone.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>When nothing can land any more. Default: at once, for targets whose push ends with the process that pushes.</returns>
    ValueTask StopPushAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Brings the new version to the target. Succeeds only when the target says that the version is there.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the push.</param>
    /// <returns>The verdict with its evidence.</returns>
    ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken);
}

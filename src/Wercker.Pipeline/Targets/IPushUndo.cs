namespace Wercker.Pipeline.Targets;

/// <summary>A target that can take back a push without knowing its releases. Those that know them implement <see cref="IReleaseHistory"/>.</summary>
public interface IPushUndo
{
    /// <summary>Takes back the push of this deployment. Called also when the push failed half way; idempotent.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>Succeeded when the target is as it was before; Inconclusive when it has no way back.</returns>
    ValueTask<StepResult> UndoPushAsync(DeployContext context, CancellationToken cancellationToken);
}

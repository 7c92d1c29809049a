namespace Wercker.Pipeline.Targets;

/// <summary>A target to which a new version can be brought.</summary>
public interface IPush
{
    /// <summary>Brings the new version to the target. Succeeds only when the target says that the version is there.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the push.</param>
    /// <returns>The verdict with its evidence.</returns>
    ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken);
}

namespace Wercker.Pipeline.Targets;

/// <summary>A target that remembers its releases and can go back to one.</summary>
public interface IReleaseHistory
{
    /// <summary>The release that is live now.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The release; null when nothing was ever released.</returns>
    ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken);

    /// <summary>Finds out beforehand why nobody could go back to a release. Asked before anything is changed.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="release">The release that is live now.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>What stands in the way, in a sentence; null when nothing is known to. Default: null.</returns>
    ValueTask<string?> FindRollBackObstacleAsync(DeployContext context, Release release, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Makes an earlier release live again.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="release">The release to go back to.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>Succeeded when the target says that the release is live.</returns>
    ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken);
}

/// <summary>A release of an application on a target.</summary>
/// <param name="Id">The target's own id: "v42", a directory, a digest.</param>
/// <param name="Description">What people read; null when the target has no words.</param>
public sealed record Release(string Id, string? Description = null);

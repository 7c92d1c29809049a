namespace Wercker.Pipeline;

/// <summary>A step that can take back what it did to the world.</summary>
/// <remarks>
/// The undo is armed before <see cref="IDeployStep.ExecuteAsync"/> starts, because a side effect that timed out may have
/// happened. So <see cref="RevertAsync"/> is also called for the step that failed, must be idempotent, and must find out
/// itself whether there is anything to take back.
/// </remarks>
public interface IReversibleStep : IDeployStep
{
    /// <summary>Puts the target back as the step found it.</summary>
    /// <param name="context">The same deployment, with the values that the step stored in it.</param>
    /// <param name="cancellationToken">The undo's own deadline (<see cref="StepOptions.RevertTimeout"/>), never the canceled token of the deployment.</param>
    /// <returns>
    /// Succeeded: put back. Skipped: there was nothing to put back. Inconclusive: nobody can put it back, or nobody can tell.
    /// Failed: it should be back and is not.
    /// </returns>
    ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken);
}

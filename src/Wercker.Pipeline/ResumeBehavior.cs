namespace Wercker.Pipeline;

/// <summary>What becomes of a step that had started and not finished when the process of its deployment ended.</summary>
public enum ResumeBehavior
{
    /// <summary>The step is asked whether it happened (<see cref="IDeployStep.VerifyAsync"/>). One that cannot tell is treated as <see cref="Revert"/>.</summary>
    Verify,

    /// <summary>The step is run again: running it twice does the same as running it once.</summary>
    RunAgain,

    /// <summary>The step is not run again. Its verdict is <see cref="StepStatus.Inconclusive"/>, and unless the pipeline allows that, the deployment is undone.</summary>
    Revert,
}

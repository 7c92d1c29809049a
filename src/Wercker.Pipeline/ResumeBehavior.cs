namespace Wercker.Pipeline;

/// <summary>What becomes of a step that had been started, but not finished, when the process died.</summary>
public enum ResumeBehavior
{
    /// <summary>Take it back and end the deployment: for what must not run twice, such as scripts.</summary>
    Revert,

    /// <summary>Run it again: for what is idempotent.</summary>
    RunAgain,

    /// <summary>Run it again, because it asks the target first what is true and does only what is missing.</summary>
    Verify,
}

namespace Wercker.Pipeline;

/// <summary>What a step that could not judge means for the deployment.</summary>
public enum InconclusivePolicy
{
    /// <summary>The deployment ends as <see cref="DeployStatus.Inconclusive"/> and is undone. No evidence is never success.</summary>
    Fail,

    /// <summary>The deployment goes on with a warning.</summary>
    Warn,
}

namespace Wercker.Pipeline;

/// <summary>What a pipeline does with the target when a deployment does not succeed.</summary>
public enum FailurePolicy
{
    /// <summary>Undo every started step, the last first.</summary>
    RollBack,

    /// <summary>Leave the target as it is. Steps that always run still run.</summary>
    Leave,
}

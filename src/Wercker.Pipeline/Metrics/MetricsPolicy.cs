namespace Wercker.Pipeline.Metrics;

/// <summary>What the author of a test lets pass with a warning. Nothing by default: no evidence is never success.</summary>
internal sealed record MetricsPolicy(bool NoDataWarns, bool InconclusiveWarns, bool ErrorWarns)
{
    /// <summary>Whether a verdict of a check that decides stands against the deployment.</summary>
    public bool Blocks(StepResult verdict) => verdict.Status switch
    {
        StepStatus.Succeeded or StepStatus.Skipped => false,
        StepStatus.Inconclusive => verdict.Evidence.Count == 0 ? !NoDataWarns : !InconclusiveWarns,
        StepStatus.Error => !ErrorWarns,
        _ => true,
    };
}

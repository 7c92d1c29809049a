namespace Wercker.Pipeline.Metrics;

/// <summary>What one measurement says.</summary>
internal enum Measurement
{
    Passed,
    Failed,
    Inconclusive,
    Error,
}

/// <summary>How much of it is tolerated. The words and the counting are those of Argo Rollouts' analysis.</summary>
/// <param name="Count">How many measurements to take; null for as many as fit into the window. Errors do not count.</param>
/// <param name="Failures">How many may fail; -1 for any number.</param>
/// <param name="Inconclusive">How many may be inconclusive.</param>
/// <param name="ConsecutiveErrors">How many may end in an error one after the other.</param>
/// <param name="ConsecutiveSuccesses">How many must succeed one after the other to end early; 0 to switch it off.</param>
internal sealed record MeasurementLimits(int? Count, int Failures, int Inconclusive, int ConsecutiveErrors, int ConsecutiveSuccesses);

/// <summary>Counts measurements until their verdict is known. The table is in docs/verdicts.md.</summary>
internal sealed class MeasurementTally(MeasurementLimits limits)
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Inconclusive { get; private set; }

    public int Errors { get; private set; }

    public int ConsecutiveErrors { get; private set; }

    public int ConsecutiveSuccesses { get; private set; }

    /// <summary>The measurements that count: an error measured nothing.</summary>
    public int Counted => Passed + Failed + Inconclusive;

    /// <summary>Takes one measurement in.</summary>
    public void Add(Measurement measurement)
    {
        (Passed, Failed, Inconclusive, Errors) = measurement switch
        {
            Measurement.Passed => (Passed + 1, Failed, Inconclusive, Errors),
            Measurement.Failed => (Passed, Failed + 1, Inconclusive, Errors),
            Measurement.Inconclusive => (Passed, Failed, Inconclusive + 1, Errors),
            _ => (Passed, Failed, Inconclusive, Errors + 1),
        };
        ConsecutiveErrors = measurement == Measurement.Error ? ConsecutiveErrors + 1 : 0;
        ConsecutiveSuccesses = measurement == Measurement.Passed ? ConsecutiveSuccesses + 1 : 0;
    }

    /// <summary>The verdict as soon as it is certain; null while another measurement could matter.</summary>
    public (StepStatus Status, string Why)? Verdict()
    {
        if (ConsecutiveErrors > limits.ConsecutiveErrors)
        {
            return (StepStatus.Error, $"{ConsecutiveErrors} errors one after the other, {limits.ConsecutiveErrors} are tolerated");
        }

        if (Inconclusive > limits.Inconclusive)
        {
            return (StepStatus.Inconclusive, $"{Inconclusive} inconclusive of {Counted} measurements, {limits.Inconclusive} are tolerated");
        }

        if (limits.Failures >= 0 && Failed > limits.Failures)
        {
            return (StepStatus.Failed, $"{Failed} of {Counted} measurements failed, {limits.Failures} are tolerated");
        }

        return limits.ConsecutiveSuccesses > 0 && ConsecutiveSuccesses >= limits.ConsecutiveSuccesses
            ? (StepStatus.Succeeded, $"{ConsecutiveSuccesses} measurements passed one after the other")
            : Counted >= limits.Count ? End() : null;
    }

    /// <summary>The verdict when there will be no more measurements.</summary>
    public (StepStatus Status, string Why) End() => this switch
    {
        { Counted: 0, Errors: > 0 } => (StepStatus.Error, $"{Errors} errors and no measurement"),
        { Counted: 0 } => (StepStatus.Inconclusive, "nothing was measured"),
        { ConsecutiveErrors: > 0 } => (StepStatus.Error, $"the last {ConsecutiveErrors} measurements ended in errors"),
        _ when limits.ConsecutiveSuccesses > 0 && limits.Failures >= 0 =>
            (StepStatus.Inconclusive, $"never {limits.ConsecutiveSuccesses} measurements passed one after the other, and no more than {limits.Failures} failed"),
        _ when limits.ConsecutiveSuccesses > 0 => (StepStatus.Failed, $"never {limits.ConsecutiveSuccesses} measurements passed one after the other"),
        { Passed: 0, Failed: > 0 } => (StepStatus.Failed, $"none of {Counted} measurements passed"),
        { Passed: 0 } => (StepStatus.Inconclusive, $"none of {Counted} measurements passed"),
        _ => (StepStatus.Succeeded, $"{Passed} of {Counted} measurements passed"),
    };
}

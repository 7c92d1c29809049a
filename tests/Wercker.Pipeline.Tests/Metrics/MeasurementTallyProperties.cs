using FsCheck;
using FsCheck.Fluent;
using FsCheck.NUnit;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Tests.Metrics;

/// <summary>The table of docs/verdicts.md, told a second time: over the whole list of measurements instead of one after the other.</summary>
[Properties(Arbitrary = [typeof(MeasurementTallyProperties)], MaxTest = 2000)]
public sealed class MeasurementTallyProperties
{
    public static Arbitrary<Measurement[]> Sequences() =>
        Gen.Sized(size => Gen.Choose(0, Math.Min(size, 14)).SelectMany(n => Gen.Frequency(
            (5, Gen.Constant(Measurement.Passed)), (2, Gen.Constant(Measurement.Failed)), (1, Gen.Constant(Measurement.Inconclusive)), (2, Gen.Constant(Measurement.Error))).ArrayOf(n))).ToArbitrary();

    public static Arbitrary<MeasurementLimits> Limits() =>
        (from count in Gen.OneOf(Gen.Constant((int?)null), Gen.Choose(1, 8).Select(n => (int?)n))
         from failures in Gen.Choose(-1, 4)
         from inconclusive in Gen.Choose(0, 3)
         from errors in Gen.Choose(0, 4)
         from successes in Gen.Choose(0, 4)
         where failures >= 0 || successes > 0
         select new MeasurementLimits(count, failures, inconclusive, errors, successes)).ToArbitrary();

    [Property]
    public bool Verdict_AnySequence_IsThatOfTheTable(Measurement[] sequence, MeasurementLimits limits) => Run(sequence, limits) == Expected(sequence, limits);

    [Property]
    public bool Verdict_Success_NeverComesWithoutAPassedMeasurement(Measurement[] sequence, MeasurementLimits limits) =>
        Run(sequence, limits) != StepStatus.Succeeded || sequence.Contains(Measurement.Passed);

    [Property]
    public bool Verdict_Success_NeverComesAfterTooMany(Measurement[] sequence, MeasurementLimits limits) =>
        Run(sequence, limits) != StepStatus.Succeeded || limits.ConsecutiveSuccesses > 0 || sequence.Length == 0 || End(sequence, limits) is not { } end
        || (end.Count(one => one == Measurement.Failed) <= limits.Failures && end.Count(one => one == Measurement.Inconclusive) <= limits.Inconclusive && end[^1] != Measurement.Error);

    [Property]
    public bool Verdict_CanceledBeforeTheFirstMeasurement_IsNeverASuccess(MeasurementLimits limits) =>
        new MeasurementTally(limits).Verdict() is null && new MeasurementTally(limits).End().Status == StepStatus.Inconclusive;

    private static StepStatus Run(Measurement[] sequence, MeasurementLimits limits)
    {
        var tally = new MeasurementTally(limits);
        foreach (var measurement in sequence)
        {
            tally.Add(measurement);
            if (tally.Verdict() is { } verdict)
            {
                return verdict.Status;
            }
        }

        return tally.End().Status;
    }

    /// <summary>The rows of the table, from the top; the first that holds for the shortest beginning of the sequence is the verdict.</summary>
    private static StepStatus Expected(Measurement[] sequence, MeasurementLimits limits)
    {
        for (var taken = 1; taken <= sequence.Length; taken++)
        {
            if (Row(sequence[..taken], limits) is { } early)
            {
                return early;
            }
        }

        return Last(sequence, limits);
    }

    private static Measurement[]? End(Measurement[] sequence, MeasurementLimits limits) =>
        Enumerable.Range(1, sequence.Length).Select(taken => sequence[..taken]).FirstOrDefault(taken => Row(taken, limits) is not null) ?? sequence;

    private static StepStatus? Row(Measurement[] taken, MeasurementLimits limits)
    {
        var text = Text(taken);
        if (text.Length - text.TrimEnd('e').Length > limits.ConsecutiveErrors)
        {
            return StepStatus.Error;
        }

        if (text.Count(c => c == 'i') > limits.Inconclusive)
        {
            return StepStatus.Inconclusive;
        }

        if (limits.Failures != -1 && text.Count(c => c == 'f') > limits.Failures)
        {
            return StepStatus.Failed;
        }

        if (limits.ConsecutiveSuccesses > 0 && text.EndsWith(new string('p', limits.ConsecutiveSuccesses), StringComparison.Ordinal))
        {
            return StepStatus.Succeeded;
        }

        return limits.Count is { } count && text.Replace("e", string.Empty, StringComparison.Ordinal).Length == count ? Last(taken, limits) : null;
    }

    private static StepStatus Last(Measurement[] taken, MeasurementLimits limits) => (Text(taken), limits.ConsecutiveSuccesses > 0, limits.Failures == -1) switch
    {
        ("", _, _) => StepStatus.Inconclusive,
        (var text, _, _) when text.EndsWith('e') => StepStatus.Error,
        (_, true, false) => StepStatus.Inconclusive,
        (_, true, true) => StepStatus.Failed,
        (var text, _, _) when text.Contains('p', StringComparison.Ordinal) => StepStatus.Succeeded,
        (var text, _, _) when text.Contains('f', StringComparison.Ordinal) => StepStatus.Failed,
        _ => StepStatus.Inconclusive,
    };

    private static string Text(Measurement[] taken) => string.Concat(taken.Select(one => one switch
    {
        Measurement.Passed => 'p',
        Measurement.Failed => 'f',
        Measurement.Inconclusive => 'i',
        _ => 'e',
    }));
}

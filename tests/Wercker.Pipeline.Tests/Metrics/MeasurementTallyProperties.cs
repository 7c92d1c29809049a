using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Tests.Metrics;

/// <summary>The table of docs/verdicts.md, told a second time: over the whole list of measurements instead of one after the other.</summary>
public sealed class MeasurementTallyProperties
{
    private static readonly Arbitrary<(Measurement[] Taken, MeasurementLimits Limits)> Cases =
        (from length in Gen.Choose(0, 14)
         from taken in Gen.Frequency((5, Gen.Constant(Measurement.Passed)), (2, Gen.Constant(Measurement.Failed)), (1, Gen.Constant(Measurement.Inconclusive)), (2, Gen.Constant(Measurement.Error))).ArrayOf(length)
         from count in Gen.OneOf(Gen.Constant((int?)null), Gen.Choose(1, 8).Select(n => (int?)n))
         from failures in Gen.Choose(-1, 4)
         from inconclusive in Gen.Choose(0, 3)
         from errors in Gen.Choose(0, 4)
         from successes in Gen.Choose(0, 4)
         where failures >= 0 || successes > 0
         select (taken, new MeasurementLimits(count, failures, inconclusive, errors, successes))).ToArbitrary();

    [Test]
    public void Verdict_AnySequence_IsThatOfTheTable() => Hold((taken, limits) => Run(taken, limits) == Expected(taken, limits));

    [Test]
    public void Verdict_Success_NeverComesWithoutAPassedMeasurement() =>
        Hold((taken, limits) => Run(taken, limits) != StepStatus.Succeeded || taken.Contains(Measurement.Passed));

    [Test]
    public void Verdict_OnlyErrors_IsNeverASuccess() =>
        Hold((taken, limits) => Run([.. taken.Select(_ => Measurement.Error)], limits) is StepStatus.Error or StepStatus.Inconclusive);

    [Test]
    public void Verdict_CanceledBeforeTheFirstMeasurement_IsNeverASuccess() =>
        Hold((_, limits) => new MeasurementTally(limits).Verdict() is null && new MeasurementTally(limits).End().Status == StepStatus.Inconclusive);

    private static void Hold(Func<Measurement[], MeasurementLimits, bool> law) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Cases, one => law(one.Taken, one.Limits)));

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

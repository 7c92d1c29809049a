#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
using FsCheck;

namespace Wercker.Pipeline.Statistics.Tests;

public sealed class StatisticsProperties
{
    private static double[] Sorted(NonEmptyArray<int> values) => [.. values.Get.Select(value => (double)value).Order()];

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool MannWhitney_SamplesSwapped_IsTheMirrorImage(NonEmptyArray<int> one, NonEmptyArray<int> other)
    {
        var (there, back) = (MannWhitney.Of(Sorted(one), Sorted(other)), MannWhitney.Of(Sorted(other), Sorted(one)));
        return there.U + back.U == one.Get.Length * other.Get.Length && Math.Abs(there.P - back.P) < 1e-12 && there.P is >= 0 and <= 1;
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool HodgesLehmann_AnySamples_IsOneOfTheDifferences(NonEmptyArray<int> one, NonEmptyArray<int> other)
    {
        var (before, after) = (Sorted(one), Sorted(other));
        double[] all = [.. before.SelectMany(x => after.Select(y => y - x)).Order()];
        var expected = (all[(all.Length - 1) / 2] + all[all.Length / 2]) / 2;
        var shift = HodgesLehmann.Of(before, after, 0.98);
        return shift.Shift == expected && shift.Low <= shift.Shift && shift.Shift <= shift.High && all.Contains(shift.Low) && all.Contains(shift.High);
    }
}

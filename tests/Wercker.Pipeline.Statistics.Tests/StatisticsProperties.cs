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

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool NaturalSpread_AWindowMoreUnlikeTheOthers_IsNeverMoreLikely(NonEmptyArray<int> values, PositiveInt one, PositiveInt other)
    {
        double[] history = [.. Enumerable.Range(0, 96).Select(i => (double)values.Get[i * 7 % values.Get.Length] + (i % 5))];
        var spread = NaturalSpread.Of([.. Enumerable.Range(0, 16).Select(i => new ReadOnlyMemory<double>(history, i * 6, 6))], 6, new ComparisonRules());
        var (less, more) = (spread.Chance(Math.Min(one.Get, other.Get)), spread.Chance(Math.Max(one.Get, other.Get)));
        return more <= less && less is >= 0 and < 1;
    }

    /// <summary>By construction: of windows that could change places, the last one fails no more often than its largest chance says.</summary>
    [Test]
    public void SeriesJudge_WindowsThatCouldChangePlaces_FailNoMoreOftenThanTheirChance()
    {
        var random = new Random(3);
        var failed = 0;
        for (var round = 0; round < 1000; round++)
        {
            // From even to heavy tails: a power of something even.
            var power = 0.5 + (3 * random.NextDouble());
            double[] values = [.. Enumerable.Range(0, 98 * 12).Select(_ => 100 + (10 * Math.Pow(1 - random.NextDouble(), -0.3 * power)))];
            ReadOnlyMemory<double>[] windows = [.. Enumerable.Range(0, 98).Select(i => new ReadOnlyMemory<double>(values, i * 12, 12))];
            failed += new SeriesJudge(new ComparisonRules()).Judge(new ComparedPart(windows[0], windows[1], [.. windows.Skip(1)], [], 12)).IsBad ? 1 : 0;
        }

        Assert.That(failed, Is.LessThanOrEqualTo(150));
    }
}

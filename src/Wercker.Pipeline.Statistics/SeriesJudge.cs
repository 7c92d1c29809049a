using System.Globalization;

namespace Wercker.Pipeline.Statistics;

/// <summary>Judges a window after the deployment against one before it, and against how much windows differ anyway.</summary>
/// <param name="rules">What is allowed.</param>
/// <param name="looks">How many windows are judged in all: who looks often enough sees something rare.</param>
internal sealed class SeriesJudge(ComparisonRules rules, int looks = 1)
{
    // With fewer windows nothing is known of how they differ; the rank test then stands alone, with the wider tolerance of Kayenta's judge.
    private const int FewestWindows = 8;
    private const int FewestWindowsOfTheHour = 12;

    // Of windows that could change places, no more than this part fails. The chance counts near misses too, so on real metrics it was one in twenty-five.
    private const double LargestChance = 0.15;

    // The same hour of a few days is a small sample, and the second look at the same window.
    private const double LargestChanceAtTheHour = LargestChance / 30;

    private const double ToleranceWithoutHistory = 0.25;
    private const double FewestPoints = 0.5;

    /// <summary>Judges a part of a window.</summary>
    public SeriesJudgement Judge(ComparedPart part)
    {
        var all = NaturalSpread.Of([.. part.Recent, .. part.SameHour], part.Points, rules);
        var hour = NaturalSpread.Of(part.SameHour, part.Points, rules);
        return Judge(part.Before.Span, part.After.Span, all, hour, part.Points);
    }

    /// <summary>Judges a window.</summary>
    /// <param name="before">The values of before, in their order.</param>
    /// <param name="after">The values of after, in their order.</param>
    /// <param name="all">The natural spread of all windows; null when there is no history.</param>
    /// <param name="hour">The natural spread at this hour of the day; null when there is no history.</param>
    /// <param name="points">How many points the window after should have; 0 when nobody knows.</param>
    public SeriesJudgement Judge(ReadOnlySpan<double> before, ReadOnlySpan<double> after, NaturalSpread? all, NaturalSpread? hour, int points)
    {
        if (after.Length == 0)
        {
            return new(SeriesVerdict.NoData, before.Length == 0 ? "has no data" : "has no data since the deployment");
        }

        if (after.Length < FewestPoints * points)
        {
            return new(SeriesVerdict.TooFew, $"has {after.Length} of {points} points since the deployment");
        }

        if (after.Length < rules.MinimumPoints || before.Length < rules.MinimumPoints)
        {
            return new(before.Length == 0 ? SeriesVerdict.NoData : SeriesVerdict.TooFew, $"has {before.Length} points before and {after.Length} after the deployment, {rules.MinimumPoints} are needed");
        }

        double[]? rented = null;
        var copy = before.Length + after.Length <= 256 ? stackalloc double[before.Length + after.Length] : rented = System.Buffers.ArrayPool<double>.Shared.Rent(before.Length + after.Length);
        try
        {
            var old = copy[..before.Length];
            var now = copy.Slice(before.Length, after.Length);
            before.CopyTo(old);
            after.CopyTo(now);
            old.Sort();
            now.Sort();
            return old[0] == now[^1] && old[^1] == now[0]
                ? new(SeriesVerdict.Pass, null)
                : JudgeSorted(old, now, after, all?.Windows >= FewestWindows ? all : null, hour?.Windows >= FewestWindowsOfTheHour ? hour : null);
        }
        finally
        {
            if (rented is not null)
            {
                System.Buffers.ArrayPool<double>.Shared.Return(rented);
            }
        }
    }

    private SeriesJudgement JudgeSorted(ReadOnlySpan<double> old, ReadOnlySpan<double> now, ReadOnlySpan<double> after, NaturalSpread? all, NaturalSpread? hour)
    {
        if (all is null)
        {
            return JudgeLevel(old, now, Math.Max(rules.RelativeTolerance, ToleranceWithoutHistory), "without enough history to know its natural spread");
        }

        Span<double> shape = stackalloc double[WindowShape.Size];
        WindowShape.Measure(after, now, shape);
        if (now[0] == now[^1] && !all.HasStoodStill && rules is { Bad: BadChange.Either, LevelOnly: false })
        {
            return new(SeriesVerdict.Different, $"stands still at {Text(now[0])}, which it did in none of {all.Windows} windows before");
        }

        var verdict = JudgeShape(old, now, shape, all, LargestChance, WindowShape.Size, "before");
        return verdict.IsBad || hour is null
            ? verdict
            : JudgeShape(hour.Values, now, shape, hour, LargestChanceAtTheHour, WindowShape.Directed, "around the same hour of earlier days");
    }

    private SeriesJudgement JudgeShape(ReadOnlySpan<double> old, ReadOnlySpan<double> now, ReadOnlySpan<double> shape, NaturalSpread spread, double largest, int numbers, string when)
    {
        var level = spread.Farthest(shape, 0, WindowShape.Levels);
        if (IsRare(spread, level.Size, largest) && JudgeLevel(old, now, rules.RelativeTolerance, Rarity(spread, level.Size, when)) is { IsBad: true } bad)
        {
            return bad;
        }

        var (number, size, isAbove) = rules.LevelOnly ? default : spread.Farthest(shape, WindowShape.Levels, numbers);
        return IsRare(spread, size, largest)
            ? new(
                number >= WindowShape.Directed ? SeriesVerdict.Different : isAbove ? SeriesVerdict.High : SeriesVerdict.Low,
                $"has a {WindowShape.Names[number]} of {Text(shape[number])}, which is usually {Text(spread.Usual(number))}: it is off {Rarity(spread, size, when)}")
            : new(SeriesVerdict.Pass, null);
    }

    /// <summary>What was as bad right before the deployment has another cause.</summary>
    private bool IsRare(NaturalSpread spread, double size, double largest) =>
        size > spread.Youngest && looks * spread.Chance(size / (1 + rules.Margin)) <= largest;

    private static string Rarity(NaturalSpread spread, double size, string when) => spread.CountOf(size) switch
    {
        0 => $"more than ever in {spread.Windows} windows {when}",
        var some => $"more than in all but {some} of {spread.Windows} windows {when}",
    };

    private SeriesJudgement JudgeLevel(ReadOnlySpan<double> old, ReadOnlySpan<double> now, double relative, string where)
    {
        var test = MannWhitney.Of(old, now);
        var effect = Math.Max(test.Effect, 1 - test.Effect);
        if (test.P > 1 - rules.Confidence || effect < rules.Effect)
        {
            return new(SeriesVerdict.Pass, null);
        }

        var shift = HodgesLehmann.Of(old, now, rules.Confidence);
        var (was, @is) = (Median(old), Median(now));
        var allowed = Math.Max(relative * Math.Abs(was), rules.AbsoluteTolerance);
        var (rose, fell) = (shift.Low > allowed, shift.High < -allowed);
        return (rose && rules.Bad != BadChange.Decrease) || (fell && rules.Bad != BadChange.Increase)
            ? new(rose ? SeriesVerdict.High : SeriesVerdict.Low, Sentence(rose, was, @is, shift, effect, test.P, allowed, where))
            : new(SeriesVerdict.Pass, null);
    }

    private string Sentence(bool rose, double was, double @is, HodgesLehmann shift, double effect, double p, double allowed, string where) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(rose ? "rose" : "fell")} from {Text(was)} to {Text(@is)}, by {Text(Math.Abs(shift.Shift))} (at least {Text(Math.Min(Math.Abs(shift.Low), Math.Abs(shift.High)))} with {100 * rules.Confidence:0.#} % confidence, {Text(allowed)} is allowed; {100 * effect:0} % of the values are {(rose ? "larger" : "smaller")}, p = {p:0.0e+0}), {where}");

    private static double Median(ReadOnlySpan<double> sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}

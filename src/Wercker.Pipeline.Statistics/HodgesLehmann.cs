using MathNet.Numerics.Distributions;

namespace Wercker.Pipeline.Statistics;

/// <summary>By how much one sample is shifted against another, after Hodges and Lehmann: the median of all differences of a value of the second and one of the first.</summary>
/// <param name="Shift">The estimate.</param>
/// <param name="Low">The lower end of its confidence interval, by the normal approximation of the rank test.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct HodgesLehmann(double Shift, double Low, double High)
{
    /// <summary>Estimates the shift.</summary>
    /// <param name="before">The first sample, sorted, not empty.</param>
    /// <param name="after">The second sample, sorted, not empty.</param>
    /// <param name="confidence">How sure the interval is: 0.98.</param>
    public static HodgesLehmann Of(ReadOnlySpan<double> before, ReadOnlySpan<double> after, double confidence)
    {
        long pairs = (long)before.Length * after.Length;
        var z = Normal.InvCDF(0, 1, 1 - ((1 - confidence) / 2));
        var middle = pairs / 2.0;
        var half = z * Math.Sqrt(pairs * (before.Length + after.Length + 1) / 12.0);
        var outside = Math.Clamp((long)Math.Round(middle - half, MidpointRounding.ToEven), 1, Math.Max(1, pairs / 2));
        var upper = Select(before, after, pairs / 2);
        return new HodgesLehmann(
            pairs % 2 == 1 ? upper : (Select(before, after, (pairs / 2) - 1) + upper) / 2,
            Select(before, after, outside - 1),
            Select(before, after, pairs - outside));
    }

    /// <summary>The difference with so many smaller ones, found by halving: all differences of two long samples would not fit into memory.</summary>
    private static double Select(ReadOnlySpan<double> before, ReadOnlySpan<double> after, long rank)
    {
        var (low, high) = (after[0] - before[^1], after[^1] - before[0]);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                // Nothing lies between the two numbers any more.
                return CountUpTo(before, after, low) > rank ? low : high;
            }

            var (count, largest) = UpTo(before, after, middle);
            if (count > rank)
            {
                high = largest;
            }
            else
            {
                low = middle;
                if (count == rank)
                {
                    return SmallestAbove(before, after, middle);
                }
            }
        }

        return low;
    }

    private static long CountUpTo(ReadOnlySpan<double> before, ReadOnlySpan<double> after, double limit) => UpTo(before, after, limit).Count;

    /// <summary>How many differences are up to a limit, and the largest of them.</summary>
    private static (long Count, double Largest) UpTo(ReadOnlySpan<double> before, ReadOnlySpan<double> after, double limit)
    {
        long count = 0;
        var largest = double.NegativeInfinity;
        var j = 0;
        foreach (var value in before)
        {
            while (j < after.Length && after[j] - value <= limit)
            {
                j++;
            }

            count += j;
            largest = j > 0 ? Math.Max(largest, after[j - 1] - value) : largest;
        }

        return (count, largest);
    }

    private static double SmallestAbove(ReadOnlySpan<double> before, ReadOnlySpan<double> after, double limit)
    {
        var smallest = double.PositiveInfinity;
        var j = 0;
        foreach (var value in before)
        {
            while (j < after.Length && after[j] - value <= limit)
            {
                j++;
            }

            smallest = j < after.Length ? Math.Min(smallest, after[j] - value) : smallest;
        }

        return smallest;
    }
}

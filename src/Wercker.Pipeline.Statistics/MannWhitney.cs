using MathNet.Numerics.Distributions;

namespace Wercker.Pipeline.Statistics;

/// <summary>The rank test of Mann and Whitney: are the values of one sample larger than those of another?</summary>
/// <remarks>Two-sided. As SciPy's mannwhitneyu with method "auto": exact when a sample has at most 8 values and no value comes twice, otherwise the normal approximation with corrections for ties and continuity.</remarks>
/// <param name="U">How many pairs have the larger value in the second sample; a pair of equals counts half.</param>
/// <param name="P">How likely a U at least as far from the middle is when nothing changed.</param>
/// <param name="Effect">The common-language effect size: the probability that a value of the second sample is larger than one of the first, 0.5 for no difference.</param>
internal readonly record struct MannWhitney(double U, double P, double Effect)
{
    private const int LargestExactSample = 8;

    /// <summary>Compares two samples.</summary>
    /// <param name="before">The first sample, sorted, not empty.</param>
    /// <param name="after">The second sample, sorted, not empty.</param>
    public static MannWhitney Of(ReadOnlySpan<double> before, ReadOnlySpan<double> after)
    {
        var (n, m) = (before.Length, after.Length);
        double twiceU = 0;
        double ties = 0;
        var (i, j) = (0, 0);
        while (i < n || j < m)
        {
            // One value, and how often it comes on both sides.
            var value = j >= m || (i < n && before[i] <= after[j]) ? before[i] : after[j];
            var (first, second) = (i, j);
            while (i < n && before[i] == value)
            {
                i++;
            }

            while (j < m && after[j] == value)
            {
                j++;
            }

            double same = i - first;
            double other = j - second;
            twiceU += other * ((2.0 * first) + same);
            ties += Cube(same + other) - (same + other);
        }

        var u = twiceU / 2;
        double pairs = (double)n * m;
        var extreme = Math.Max(u, pairs - u);
        var p = Math.Min(n, m) <= LargestExactSample && ties == 0 ? Exact(n, m, extreme) : Normally(n, m, extreme, ties);
        return new MannWhitney(u, Math.Clamp(p, 0, 1), u / pairs);
    }

    private static double Normally(double n, double m, double u, double ties)
    {
        var all = n + m;
        var variance = n * m / 12 * (all + 1 - (ties / (all * (all - 1))));
        return variance > 0 ? 2 * Normal.CDF(0, 1, -((u - (n * m / 2) - 0.5) / Math.Sqrt(variance))) : 1;
    }

    /// <summary>Counts the orders of the two samples that have a U as large: partitions of U into at most n parts of at most m.</summary>
    private static double Exact(int n, int m, double u)
    {
        var (parts, largest) = (Math.Min(n, m), Math.Max(n, m));
        var most = parts * largest;
        var ways = new double[parts + 1][];
        for (var k = 0; k <= parts; k++)
        {
            ways[k] = new double[most + 1];
            ways[k][0] = 1;
        }

        for (var size = 1; size <= largest; size++)
        {
            for (var k = 1; k <= parts; k++)
            {
                var (fewer, these) = (ways[k - 1], ways[k]);
                for (var sum = most; sum >= 0; sum--)
                {
                    these[sum] = fewer[sum] + (sum >= k ? these[sum - k] : 0);
                }
            }
        }

        double all = 0;
        double extreme = 0;
        for (var sum = 0; sum <= most; sum++)
        {
            all += ways[parts][sum];
            extreme += sum >= u ? ways[parts][sum] : 0;
        }

        return 2 * extreme / all;
    }

    private static double Cube(double x) => x * x * x;
}

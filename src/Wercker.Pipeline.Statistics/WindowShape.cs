namespace Wercker.Pipeline.Statistics;

/// <summary>What a window looks like, in seven numbers. The first two are its level, the next two its extremes, the others how restless it is.</summary>
internal static class WindowShape
{
    public const int Size = 7;

    /// <summary>How many of the numbers are levels: a few large values do not move them much.</summary>
    public const int Levels = 2;

    /// <summary>How many of the numbers are levels or extremes, which have a direction; more or less restlessness is neither good nor bad.</summary>
    public const int Directed = 4;

    public static IReadOnlyList<string> Names { get; } =
        ["median", "average", "largest value", "smallest value", "standard deviation", "mean step from value to value", "largest step from value to value"];

    /// <summary>Measures a window.</summary>
    /// <param name="values">Its values in their order, not empty.</param>
    /// <param name="sorted">The same values, sorted.</param>
    /// <param name="shape">Takes the seven numbers.</param>
    public static void Measure(ReadOnlySpan<double> values, ReadOnlySpan<double> sorted, Span<double> shape)
    {
        var n = values.Length;
        double sum = values[0];
        double steps = 0;
        double largest = 0;
        for (var i = 1; i < n; i++)
        {
            sum += values[i];
            var step = Math.Abs(values[i] - values[i - 1]);
            steps += step;
            largest = Math.Max(largest, step);
        }

        var average = sum / n;
        double squares = 0;
        foreach (var value in values)
        {
            squares += (value - average) * (value - average);
        }

        shape[0] = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        shape[1] = average;
        shape[2] = sorted[^1];
        shape[3] = sorted[0];
        shape[4] = Math.Sqrt(squares / n);
        shape[5] = n > 1 ? steps / (n - 1) : 0;
        shape[6] = largest;
    }
}

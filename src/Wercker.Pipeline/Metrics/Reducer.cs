namespace Wercker.Pipeline.Metrics;

/// <summary>Makes one number of many.</summary>
/// <param name="Word">Its name: "average", "95th percentile".</param>
/// <param name="Reduce">The number of one or more values, the oldest first.</param>
internal sealed record Reducer(string Word, Func<IReadOnlyList<double>, double> Reduce)
{
    public static Reducer Average { get; } = new("average", values => values.Average());

    public static Reducer Maximum { get; } = new("maximum", values => values.Max());

    public static Reducer Minimum { get; } = new("minimum", values => values.Min());

    public static Reducer Sum { get; } = new("sum", values => values.Sum());

    public static Reducer Last { get; } = new("last value", values => values[^1]);

    public static Reducer Count { get; } = new("number of points", values => values.Count);

    /// <summary>Between two values by their distance, as SciPy, NumPy and spreadsheets do it.</summary>
    public static Reducer Percentile(double percent) => new(FormattableString.Invariant($"{percent}th percentile"), values =>
    {
        double[] sorted = [.. values.Order()];
        var rank = percent / 100 * (sorted.Length - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    });
}

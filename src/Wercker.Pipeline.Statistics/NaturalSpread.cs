namespace Wercker.Pipeline.Statistics;

/// <summary>How much windows of the same length differ from each other while nothing is deployed.</summary>
internal sealed class NaturalSpread
{
    private const double FewestPoints = 0.5;

    // The first windows all go beyond what little is known by then; what later ones do is how the metric is.
    private const double Learning = 1.0 / 3;

    // A metric that has grown out of all that it was may do so again.
    private const double LeapAgain = 0.7;
    private readonly double[][] _columns;
    private readonly double[] _leaps;
    private readonly double _level;

    private readonly IReadOnlyList<ReadOnlyMemory<double>> _windows;
    private double[]? _values;

    private NaturalSpread(double[][] columns, double[] leaps, IReadOnlyList<ReadOnlyMemory<double>> windows)
    {
        _columns = columns;
        _leaps = leaps;
        _windows = windows;
        _level = columns[0].Length == 0 ? 0 : Math.Abs(columns[0][columns[0].Length / 2]);
    }

    /// <summary>All values of all windows, sorted.</summary>
    public ReadOnlySpan<double> Values
    {
        get
        {
            if (_values is null)
            {
                _values = new double[_windows.Sum(window => window.Length)];
                var at = 0;
                foreach (var window in _windows)
                {
                    window.Span.CopyTo(_values.AsSpan(at));
                    at += window.Length;
                }

                Array.Sort(_values);
            }

            return _values;
        }
    }

    /// <summary>How many windows there are.</summary>
    public int Windows => _columns[0].Length;

    /// <summary>Measures the windows of before.</summary>
    /// <param name="windows">The windows, the youngest first; the values of each in their order.</param>
    /// <param name="points">How many points a whole window has. A window with fewer than half of them does not count: it has gaps, or a coarser resolution.</param>
    public static NaturalSpread Of(IReadOnlyList<ReadOnlyMemory<double>> windows, int points)
    {
        var fewest = Math.Max(2, FewestPoints * points);
        var whole = windows.Where(window => window.Length >= fewest).ToList();
        var columns = new double[WindowShape.Size][];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new double[whole.Count];
        }

        Span<double> shape = stackalloc double[WindowShape.Size];
        var sorted = new double[whole.Count == 0 ? 0 : whole.Max(window => window.Length)];
        for (var w = 0; w < whole.Count; w++)
        {
            var values = whole[w].Span;
            var own = sorted.AsSpan(0, values.Length);
            values.CopyTo(own);
            own.Sort();
            WindowShape.Measure(values, own, shape);
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i][w] = shape[i];
            }
        }

        var leaps = Array.ConvertAll(columns, LeapOf);
        foreach (var column in columns)
        {
            Array.Sort(column);
        }

        return new NaturalSpread(columns, leaps, whole);
    }

    /// <summary>How far a number of a window lies outside of what was seen before, in units of its usual spread: 0 or less when it is not outside.</summary>
    /// <param name="number">Which of the numbers of <see cref="WindowShape"/>.</param>
    /// <param name="value">Its value.</param>
    /// <param name="relative">The change that is always allowed, as a part of the level.</param>
    /// <param name="absolute">The change that is always allowed.</param>
    /// <returns>How far, negative below; and the edge that it crossed.</returns>
    public (double Excess, double Edge) Beyond(int number, double value, double relative, double absolute)
    {
        var column = _columns[number];
        var usual = column[column.Length / 2];
        var allowed = Math.Max(relative * (number < WindowShape.Directed ? _level : usual), absolute);
        var (above, below) = (value - column[^1], column[0] - value);
        var (distance, edge) = above >= below ? (above, column[^1]) : (below, column[0]);
        var unit = (1.5 * (Quantile(column, 0.9) - Quantile(column, 0.1))) + allowed;
        return distance <= LeapAgain * _leaps[number] || Math.Abs(value - usual) <= allowed
            ? (0, edge)
            : (Math.Sign(above - below) * (unit > 0 ? distance / unit : double.PositiveInfinity), edge);
    }

    /// <summary>
    /// How far at most a window went beyond all windows before it, while nothing was deployed: much where a metric drifts, grows or has moods,
    /// and little where it is always the same.
    /// </summary>
    private static double LeapOf(double[] youngestFirst)
    {
        var (highest, lowest, leap) = (double.NegativeInfinity, double.PositiveInfinity, 0.0);
        var learned = youngestFirst.Length - 1 - Math.Max(1, (int)(youngestFirst.Length * Learning));
        for (var i = youngestFirst.Length - 1; i >= 0; i--)
        {
            var value = youngestFirst[i];
            leap = i <= learned ? Math.Max(leap, Math.Max(value - highest, lowest - value)) : leap;
            (highest, lowest) = (Math.Max(highest, value), Math.Min(lowest, value));
        }

        return leap;
    }

    internal static double Quantile(double[] sorted, double part)
    {
        var rank = part * (sorted.Length - 1);
        var below = (int)rank;
        return sorted[below] + ((rank - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}

namespace Wercker.Pipeline.Statistics;

/// <summary>How much windows of the same length differ from each other while nothing is deployed.</summary>
internal sealed class NaturalSpread
{
    private const double FewestPoints = 0.5;
    private readonly double[][] _columns;
    private readonly double _level;

    private readonly IReadOnlyList<ReadOnlyMemory<double>> _windows;
    private double[]? _values;

    private NaturalSpread(double[][] columns, IReadOnlyList<ReadOnlyMemory<double>> windows)
    {
        _columns = columns;
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
    /// <param name="windows">Their values, in their order.</param>
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

        foreach (var column in columns)
        {
            Array.Sort(column);
        }

        return new NaturalSpread(columns, whole);
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
        return distance <= 0 || Math.Abs(value - usual) <= allowed
            ? (0, edge)
            : (Math.Sign(above - below) * (unit > 0 ? distance / unit : double.PositiveInfinity), edge);
    }

    internal static double Quantile(double[] sorted, double part)
    {
        var rank = part * (sorted.Length - 1);
        var below = (int)rank;
        return sorted[below] + ((rank - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}

namespace Wercker.Pipeline.Statistics;

/// <summary>How much windows of the same length differ from each other while nothing is deployed.</summary>
/// <remarks>
/// A window is as unlike the others as that of its numbers is which lies farthest from its median, in units of that number's spread. What is far for one metric
/// is usual for the next, so how unlike a window is says little before it is held against how unlike the others were: <see cref="Chance"/>.
/// </remarks>
internal sealed class NaturalSpread
{
    private const double FewestPoints = 0.5;

    // Large values have a tail that falls slowly. With this power, one of half the size counts as a sixteenth of one as large.
    private const double TailPower = 4;

    // A metric that hardly moves is not upset by a change that hardly is more than what is allowed.
    private const double PartOfTheAllowed = 0.25;

    // A number that has never changed has no spread to measure a change with.
    private const double Most = 1e6;
    private readonly ComparisonRules _rules;
    private readonly IReadOnlyList<ReadOnlyMemory<double>> _windows;
    private readonly double[] _usual = new double[WindowShape.Size];
    private readonly double[] _allowed = new double[WindowShape.Size];
    private readonly (double Above, double Below)[] _units = new (double, double)[WindowShape.Size];
    private readonly double[] _sizes;
    private double[]? _values;

    private NaturalSpread(IReadOnlyList<ReadOnlyMemory<double>> windows, ComparisonRules rules)
    {
        (_windows, _rules, _sizes) = (windows, rules, new double[windows.Count]);
        if (windows.Count == 0)
        {
            return;
        }

        var shapes = new double[windows.Count * WindowShape.Size];
        var sorted = new double[windows.Max(window => window.Length)];
        for (var w = 0; w < windows.Count; w++)
        {
            var values = windows[w].Span;
            var own = sorted.AsSpan(0, values.Length);
            values.CopyTo(own);
            own.Sort();
            HasStoodStill |= own[0] == own[^1];
            WindowShape.Measure(values, own, shapes.AsSpan(w * WindowShape.Size, WindowShape.Size));
        }

        Learn(shapes);
        for (var w = 0; w < windows.Count; w++)
        {
            var shape = shapes.AsSpan(w * WindowShape.Size, WindowShape.Size);
            _sizes[w] = Math.Max(Farthest(shape, 0, WindowShape.Levels).Size, rules.LevelOnly ? 0 : Farthest(shape, WindowShape.Levels, WindowShape.Size).Size);
        }
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
    public int Windows => _windows.Count;

    /// <summary>Whether a window had the same value from its beginning to its end.</summary>
    public bool HasStoodStill { get; }

    /// <summary>How unlike the others the youngest window is.</summary>
    public double Youngest => _sizes.Length == 0 ? 0 : _sizes[0];

    /// <summary>Measures the windows of before.</summary>
    /// <param name="windows">The windows, the youngest first; the values of each in their order.</param>
    /// <param name="points">How many points a whole window has. A window with fewer than half of them does not count: it has gaps, or a coarser resolution.</param>
    /// <param name="rules">Which changes count, and from what on.</param>
    public static NaturalSpread Of(IReadOnlyList<ReadOnlyMemory<double>> windows, int points, ComparisonRules rules)
    {
        var fewest = Math.Max(2, FewestPoints * points);
        return new NaturalSpread([.. windows.Where(window => window.Length >= fewest)], rules);
    }

    /// <summary>Which number of a window lies farthest from its median.</summary>
    /// <param name="shape">The numbers of <see cref="WindowShape"/>.</param>
    /// <param name="first">The first number to look at.</param>
    /// <param name="end">The number behind the last one to look at.</param>
    /// <returns>The number; how far it lies off, in units of its spread, 0 when that is allowed or not bad; and whether it lies above.</returns>
    public (int Number, double Size, bool IsAbove) Farthest(ReadOnlySpan<double> shape, int first, int end)
    {
        var farthest = (Number: first, Size: 0.0, IsAbove: false);
        for (var number = first; number < end; number++)
        {
            var off = shape[number] - _usual[number];
            if (Math.Abs(off) > _allowed[number] && IsBad(number, off > 0))
            {
                var size = Math.Abs(off) / (off > 0 ? _units[number].Above : _units[number].Below);
                farthest = size > farthest.Size ? (number, Math.Min(size, Most), off > 0) : farthest;
            }
        }

        return farthest;
    }

    /// <summary>How likely a window of before is as unlike the others. Windows that are less so count for a part, as a tail of Pareto would have them.</summary>
    /// <param name="size">What <see cref="Farthest"/> says of a window.</param>
    public double Chance(double size)
    {
        double sum = 0;
        foreach (var one in _sizes)
        {
            sum += one >= size ? 1 : Math.Pow(one / size, TailPower);
        }

        return sum / (_sizes.Length + 1);
    }

    /// <summary>How many windows of before were at least as unlike the others.</summary>
    public int CountOf(double size) => _sizes.Count(one => one >= size);

    /// <summary>What a number of a window usually is.</summary>
    public double Usual(int number) => _usual[number];

    private void Learn(double[] shapes)
    {
        var column = new double[_windows.Count];
        for (var number = 0; number < WindowShape.Size; number++)
        {
            for (var w = 0; w < column.Length; w++)
            {
                column[w] = shapes[(w * WindowShape.Size) + number];
            }

            Array.Sort(column);
            var (low, middle, high) = (Quantile(column, 0.1), Quantile(column, 0.5), Quantile(column, 0.9));
            _usual[number] = middle;

            // A step or a deviation has a level of its own, the other numbers have that of the metric.
            var level = Math.Abs(number < WindowShape.Directed ? _usual[0] : middle);
            _allowed[number] = Math.Max(_rules.RelativeTolerance * level, _rules.AbsoluteTolerance);

            // Few metrics are the same above and below; but half of what is known of one side is known from the other.
            var (above, below) = (high - middle, middle - low);
            var least = (PartOfTheAllowed * _allowed[number]) + (level / Most) + double.Epsilon;
            _units[number] = (above + (below / 2) + least, below + (above / 2) + least);
        }
    }

    private bool IsBad(int number, bool isAbove) => _rules.Bad switch
    {
        BadChange.Increase => number < WindowShape.Directed && isAbove,
        BadChange.Decrease => number < WindowShape.Directed && !isAbove,
        _ => true,
    };

    internal static double Quantile(double[] sorted, double part)
    {
        var rank = part * (sorted.Length - 1);
        var below = (int)rank;
        return sorted[below] + ((rank - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}

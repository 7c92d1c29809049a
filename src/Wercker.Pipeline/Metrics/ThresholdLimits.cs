using System.Globalization;

namespace Wercker.Pipeline.Metrics;

/// <summary>Good values and bad values. A value that is neither is inconclusive; failing wins over passing.</summary>
internal sealed record ThresholdLimits(double? Minimum, double? Maximum, double? FailBelow, double? FailAbove)
{
    private bool HasGood => Minimum is not null || Maximum is not null;

    private bool HasBad => FailBelow is not null || FailAbove is not null;

    public Measurement Measure(double value)
    {
        // A limit on one side alone decides both ways, as Argo's conditions do.
        var good = HasGood && !(value < Minimum) && !(value > Maximum);
        var bad = HasBad ? value < FailBelow || value > FailAbove : !good;
        return bad ? Measurement.Failed : good || !HasGood ? Measurement.Passed : Measurement.Inconclusive;
    }

    public string? Fault() =>
        !HasGood && !HasBad ? "it has no limit"
        : Minimum > Maximum ? $"no value is both at least {Text(Minimum)} and at most {Text(Maximum)}"
        : new[] { Minimum, Maximum, FailBelow, FailAbove }.Any(limit => limit is { } number && double.IsNaN(number)) ? "a limit is not a number"
        : Maximum > FailAbove || Minimum < FailBelow ? "a value that fails would pass too"
        : null;

    /// <inheritdoc />
    public override string ToString() => string.Join(", ", new[]
    {
        (Minimum, "at least"), (Maximum, "at most"), (FailBelow, "not below"), (FailAbove, "not above"),
    }.Where(limit => limit.Item1 is not null).Select(limit => $"{limit.Item2} {Text(limit.Item1)}"));

    public static string Text(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "none";
}

namespace Wercker.Pipeline.Statistics;

/// <summary>Which changes are bad.</summary>
internal enum BadChange
{
    Either,
    Increase,
    Decrease,
}

/// <summary>What a comparison allows.</summary>
internal sealed record ComparisonRules
{
    public BadChange Bad { get; init; } = BadChange.Either;

    /// <summary>The change of the level that is allowed, as a part of it.</summary>
    public double RelativeTolerance { get; init; } = 0.1;

    /// <summary>The change that is allowed, in the metric's own unit.</summary>
    public double AbsoluteTolerance { get; init; }

    /// <summary>How sure the rank test must be.</summary>
    public double Confidence { get; init; } = 0.98;

    /// <summary>The smallest common-language effect size that counts: 0.5 is none, 1 is complete.</summary>
    public double Effect { get; init; } = 0.65;

    /// <summary>By which part a window must be more unlike the usual than what would be rare enough.</summary>
    public double Margin { get; init; } = 0.1;

    /// <summary>Fewer values on either side are too few to judge.</summary>
    public int MinimumPoints { get; init; } = 5;

    /// <summary>How many windows before the deployment show the natural spread.</summary>
    public int History { get; init; } = 96;

    /// <summary>How many earlier days show the same hour.</summary>
    public int Days { get; init; } = 7;

    /// <summary>Compares with the same hour of a week ago instead of the time before the deployment.</summary>
    public bool LastWeek { get; init; }

    /// <summary>Whether only the level is judged, and not extremes and restlessness.</summary>
    public bool LevelOnly { get; init; }

    /// <summary>Judges the average of all series instead of each one.</summary>
    public bool Pooled { get; init; }

    /// <summary>Takes a missing value for zero.</summary>
    public bool MissingIsZero { get; init; }

    public TimeSpan Lag { get; init; }

    public string? Fault() =>
        RelativeTolerance is < 0 or double.NaN || AbsoluteTolerance is < 0 or double.NaN ? "a tolerance is negative"
        : Confidence is not (> 0.5 and < 1) ? $"its confidence is {Confidence}; it must be above 0.5 and below 1"
        : Effect is not (>= 0.5 and < 1) ? $"its effect size is {Effect}; it must be from 0.5 to below 1"
        : Margin is < 0 or double.NaN ? "its margin is negative"
        : MinimumPoints < 2 ? "it would compare less than two points"
        : History < 0 || Days < 0 ? "its history is negative"
        : Lag < TimeSpan.Zero ? "its lag is negative"
        : null;
}

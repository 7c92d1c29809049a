using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Statistics;

/// <summary>Compares a metric after the deployment with before, and with how much it changes anyway.</summary>
/// <remarks>
/// A change of level is bad when the rank test of Mann and Whitney is sure of it, the confidence interval of the shift (Hodges and Lehmann) lies beyond
/// the tolerance, enough of the values are larger or smaller (common-language effect size), and when hardly a window of the same length before the
/// deployment, also at the same hour of earlier days, was as unlike the others. Extremes and restlessness that are as rare are bad too.
/// </remarks>
public sealed class ComparisonCheck : IMetricCheck
{
    private readonly IMetricSource _source;
    private readonly string _expression;
    private ComparisonRules _rules = new();

    internal ComparisonCheck(IMetricSource source, string expression)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(expression);
        (_source, _expression) = (source, expression);
    }

    /// <inheritdoc />
    public string Name => $"{_source.Name}: {_expression} {_rules.Bad switch
    {
        BadChange.Increase => "does not rise",
        BadChange.Decrease => "does not fall",
        _ => "stays as it was",
    }}";

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets => _source.Secrets;

    /// <summary>Takes only a rise for bad: latency, errors. Default: every change.</summary>
    /// <returns>This check.</returns>
    public ComparisonCheck IncreaseIsBad() => With(_rules with { Bad = BadChange.Increase });

    /// <summary>Takes only a fall for bad: orders, throughput. Default: every change.</summary>
    /// <returns>This check.</returns>
    public ComparisonCheck DecreaseIsBad() => With(_rules with { Bad = BadChange.Decrease });

    /// <summary>Allows a change; the larger of the two counts. Default: a tenth of the level.</summary>
    /// <param name="relative">As a part of the level before: 0.1.</param>
    /// <param name="absolute">In the metric's own unit.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck Tolerate(double relative, double absolute = 0) => With(_rules with { RelativeTolerance = relative, AbsoluteTolerance = absolute });

    /// <summary>How sure the rank test must be. Default: 0.98.</summary>
    /// <param name="confidence">Above 0.5 and below 1.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck Confidence(double confidence) => With(_rules with { Confidence = confidence });

    /// <summary>The smallest effect that counts: the probability that a value after the deployment is larger (or smaller) than one before. Default: 0.65.</summary>
    /// <param name="probability">From 0.5, which is no effect, to below 1.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck MinimumEffect(double probability) => With(_rules with { Effect = probability });

    /// <summary>By which part a window must be more unlike the usual than what would be rare enough. More finds less, and is wrong less often. Default: 0.1.</summary>
    /// <param name="margin">0 or more.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck Margin(double margin) => With(_rules with { Margin = margin });

    /// <summary>Takes fewer values on either side for too few to judge. Default: 5.</summary>
    /// <param name="points">2 or more.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck MinimumPoints(int points) => With(_rules with { MinimumPoints = points });

    /// <summary>
    /// Says which windows show how much the metric changes anyway. Default: 96 windows of the test's length before the deployment, and those around the
    /// same hour of 7 days. With fewer than 8 windows that have data, only the level is judged, with a tolerance of at least a quarter.
    /// </summary>
    /// <param name="windows">How many windows right before the deployment.</param>
    /// <param name="days">How many earlier days.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck History(int windows, int days) => With(_rules with { History = windows, Days = days });

    /// <summary>Compares the level with the same hour of a week ago, for metrics with a strong rhythm of days. Default: with the time right before the deployment.</summary>
    /// <returns>This check.</returns>
    public ComparisonCheck WithLastWeek() => With(_rules with { LastWeek = true });

    /// <summary>Judges the level only, and neither extremes nor restlessness.</summary>
    /// <returns>This check.</returns>
    public ComparisonCheck LevelOnly() => With(_rules with { LevelOnly = true });

    /// <summary>Judges the average of all series, for hosts whose names change with every deployment. Default: each series for itself.</summary>
    /// <returns>This check.</returns>
    public ComparisonCheck Pooled() => With(_rules with { Pooled = true });

    /// <summary>Takes a point without a value for zero, for counters that are silent when there is nothing to count. A series without any value stays no data. Default: no data.</summary>
    /// <returns>This check.</returns>
    public ComparisonCheck MissingIsZero() => With(_rules with { MissingIsZero = true });

    /// <summary>Asks so much later, because points arrive late. Default: at once.</summary>
    /// <param name="lag">How late.</param>
    /// <returns>This check.</returns>
    public ComparisonCheck Lag(TimeSpan lag) => With(_rules with { Lag = lag });

    /// <inheritdoc />
    public async ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(window);
        await TestWindow.WaitAsync(window.Until + _rules.Lag, context, cancellationToken).ConfigureAwait(false);
        var all = await new ComparisonReader(_source, _expression, _rules).ReadAsync(window, cancellationToken).ConfigureAwait(false);
        return new ComparisonVerdict(_source.Name, _expression, _rules, window).Of(all);
    }

    /// <summary>Refuses settings that could never pass, or never fail.</summary>
    internal ComparisonCheck Validated() => _rules.Fault() is { } fault ? throw new ConfigurationException($"The comparison of {_expression} is impossible: {fault}.") : this;

    private ComparisonCheck With(ComparisonRules rules)
    {
        _rules = rules;
        return this;
    }
}

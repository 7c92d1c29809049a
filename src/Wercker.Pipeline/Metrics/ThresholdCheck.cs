using System.Globalization;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Metrics;

/// <summary>Expects a value to stay within limits. Measures once over the whole window, or again and again.</summary>
/// <remarks>
/// A measurement asks the source once, for a span that ends now, makes one number of each series, and compares it with the limits: it passes,
/// fails, or is inconclusive, which it also is without data. The limits on measurements have the names and the meaning of Argo Rollouts' analysis
/// (https://argo-rollouts.readthedocs.io/en/stable/features/analysis/), except that nothing passes without a measurement that passed.
/// </remarks>
public sealed class ThresholdCheck : IMetricCheck
{
    private readonly IMetricSource _source;
    private readonly string _expression;
    private Reducer _reducer = Reducer.Average;
    private ThresholdLimits _limits = new(null, null, null, null);
    private MeasurementLimits _tolerated = new(null, 0, 0, 4, 0);
    private ThresholdSchedule _schedule = new(null, null, TimeSpan.Zero, TimeSpan.Zero, 1);

    internal ThresholdCheck(IMetricSource source, string expression)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(expression);
        (_source, _expression) = (source, expression);
    }

    /// <inheritdoc />
    public string Name => $"{_source.Name}: {_reducer.Word} of {_expression} {_limits}";

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets => _source.Secrets;

    /// <summary>Compares the average of the span. This is the default.</summary>
    /// <returns>This check.</returns>
    public ThresholdCheck Average() => Reduce(Reducer.Average);

    /// <summary>Compares the largest value of the span.</summary>
    /// <returns>This check.</returns>
    public ThresholdCheck Maximum() => Reduce(Reducer.Maximum);

    /// <summary>Compares the smallest value of the span.</summary>
    /// <returns>This check.</returns>
    public ThresholdCheck Minimum() => Reduce(Reducer.Minimum);

    /// <summary>Compares the sum of the span.</summary>
    /// <returns>This check.</returns>
    public ThresholdCheck Sum() => Reduce(Reducer.Sum);

    /// <summary>Compares the newest value of the span.</summary>
    /// <returns>This check.</returns>
    public ThresholdCheck Last() => Reduce(Reducer.Last);

    /// <summary>Compares the number of measured points of the span. None at all is no data, and not zero.</summary>
    /// <returns>This check.</returns>
    public ThresholdCheck Count() => Reduce(Reducer.Count);

    /// <summary>Compares a percentile of the span, interpolated between two values.</summary>
    /// <param name="percent">From 0 to 100: 95 is above 95 % of the values.</param>
    /// <returns>This check.</returns>
    /// <exception cref="ConfigurationException">Not from 0 to 100.</exception>
    public ThresholdCheck Percentile(double percent) => percent is >= 0 and <= 100
        ? Reduce(Reducer.Percentile(percent))
        : throw Impossible(string.Create(CultureInfo.InvariantCulture, $"there is no percentile {percent}: it must be from 0 to 100"));

    /// <summary>Passes up to this value.</summary>
    /// <param name="maximum">The largest good value.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck AtMost(double maximum) => Limit(_limits with { Maximum = maximum });

    /// <summary>Passes from this value on.</summary>
    /// <param name="minimum">The smallest good value.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck AtLeast(double minimum) => Limit(_limits with { Minimum = minimum });

    /// <summary>Passes from one value to another.</summary>
    /// <param name="minimum">The smallest good value.</param>
    /// <param name="maximum">The largest good value.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck Between(double minimum, double maximum) => Limit(_limits with { Minimum = minimum, Maximum = maximum });

    /// <summary>Fails above this value. Beside <see cref="AtMost"/>, what is between the two is inconclusive.</summary>
    /// <param name="limit">The largest value that does not fail.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck FailAbove(double limit) => Limit(_limits with { FailAbove = limit });

    /// <summary>Fails below this value. Beside <see cref="AtLeast"/>, what is between the two is inconclusive.</summary>
    /// <param name="limit">The smallest value that does not fail.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck FailBelow(double limit) => Limit(_limits with { FailBelow = limit });

    /// <summary>Measures again and again, until the window is over or the number of <see cref="Times"/> is reached.</summary>
    /// <param name="interval">The time between two measurements, and the span of each unless <see cref="Over"/> says another.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck Every(TimeSpan interval) => Schedule(_schedule with { Interval = interval });

    /// <summary>Measures so often, also when that takes longer than the window. Errors do not count. Default: once; with <see cref="Every"/>, until the window is over.</summary>
    /// <param name="count">How often.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck Times(int count) => Tolerate(_tolerated with { Count = count });

    /// <summary>Looks at so much with each measurement, but never at what was before the new version. Default: the interval; without one, the window.</summary>
    /// <param name="span">The span that ends when the measurement is taken.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck Over(TimeSpan span) => Schedule(_schedule with { Span = span });

    /// <summary>Waits before the first span begins. Default: not at all.</summary>
    /// <param name="delay">The time after the new version was there.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck InitialDelay(TimeSpan delay) => Schedule(_schedule with { InitialDelay = delay });

    /// <summary>Asks for each span so much later, because points arrive late. Default: at once.</summary>
    /// <param name="lag">How late.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck Lag(TimeSpan lag) => Schedule(_schedule with { Lag = lag });

    /// <summary>Takes fewer points than this for no data. Default: 1.</summary>
    /// <param name="points">The smallest number of measured points of a series in a span.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck MinimumPoints(int points) => Schedule(_schedule with { MinimumPoints = points });

    /// <summary>Tolerates failed measurements. Default: 0.</summary>
    /// <param name="failures">How many; -1 for any number, which needs <see cref="ConsecutiveSuccessLimit"/>.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck FailureLimit(int failures) => Tolerate(_tolerated with { Failures = failures });

    /// <summary>Tolerates inconclusive measurements. Default: 0.</summary>
    /// <param name="inconclusive">How many.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck InconclusiveLimit(int inconclusive) => Tolerate(_tolerated with { Inconclusive = inconclusive });

    /// <summary>Tolerates measurements that end in errors one after the other; each is repeated after 10 seconds, or the interval if that is shorter. Default: 4.</summary>
    /// <param name="errors">How many.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck ConsecutiveErrorLimit(int errors) => Tolerate(_tolerated with { ConsecutiveErrors = errors });

    /// <summary>
    /// Passes early when so many measurements passed one after the other. Without them the check is inconclusive at the end, or failed when any number of
    /// failures is tolerated. Default: 0, which switches it off.
    /// </summary>
    /// <param name="successes">How many.</param>
    /// <returns>This check.</returns>
    public ThresholdCheck ConsecutiveSuccessLimit(int successes) => Tolerate(_tolerated with { ConsecutiveSuccesses = successes });

    /// <inheritdoc />
    public ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken) =>
        new ThresholdRun(_source, _expression, _reducer, _limits, _schedule, _tolerated with { Count = EffectiveCount }).JudgeAsync(window, context, cancellationToken);

    /// <summary>Refuses settings that could never pass, or never fail.</summary>
    internal void Validate()
    {
        var count = EffectiveCount;
        var fault = this switch
        {
            _ when _limits.Fault() is { } limits => limits,
            _ when _schedule.Fault() is { } schedule => schedule,
            { _tolerated.Count: < 1 } => "it measures less than once",
            { _tolerated.Count: > 1, _schedule.Interval: null } => "several measurements need an interval",
            { _tolerated.Failures: < -1 } or { _tolerated.Inconclusive: < 0 } or { _tolerated.ConsecutiveErrors: < 0 } or { _tolerated.ConsecutiveSuccesses: < 0 } => "a limit is negative",
            { _tolerated: { Failures: -1, ConsecutiveSuccesses: 0 } } => "it tolerates any number of failures, so it needs a limit of consecutive successes to pass at all",
            _ when Math.Max(_tolerated.Failures, 0) + _tolerated.Inconclusive >= count => $"it tolerates {Math.Max(_tolerated.Failures, 0)} failures and {_tolerated.Inconclusive} inconclusive of {count} measurements, so it could pass without a good one",
            _ when _tolerated.ConsecutiveSuccesses > count => $"it waits for {_tolerated.ConsecutiveSuccesses} successes and measures {count} times",
            _ => null,
        };
        if (fault is not null)
        {
            throw Impossible(fault);
        }
    }

    private int? EffectiveCount => _tolerated.Count ?? (_schedule.Interval is null ? 1 : null);

    private ThresholdCheck Reduce(Reducer reducer)
    {
        _reducer = reducer;
        return this;
    }

    private ThresholdCheck Limit(ThresholdLimits limits)
    {
        _limits = limits;
        return this;
    }

    private ThresholdCheck Tolerate(MeasurementLimits tolerated)
    {
        _tolerated = tolerated;
        return this;
    }

    private ThresholdCheck Schedule(ThresholdSchedule schedule)
    {
        _schedule = schedule;
        return this;
    }

    private ConfigurationException Impossible(string why) => new($"The threshold of {_expression} is impossible: {why}.");
}

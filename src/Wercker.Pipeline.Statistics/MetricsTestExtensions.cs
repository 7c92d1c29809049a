using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Statistics;

namespace Wercker.Pipeline;

/// <summary>Comparisons for metrics tests.</summary>
public static class MetricsTestExtensions
{
    /// <summary>Expects a metric to be after the deployment as it was before.</summary>
    /// <param name="test">The test.</param>
    /// <param name="source">Where the values are kept.</param>
    /// <param name="expression">Finds the series, in the source's own language.</param>
    /// <param name="configure">Says which changes are bad and how much is allowed; null for the defaults.</param>
    /// <returns>The test.</returns>
    /// <exception cref="ConfigurationException">A number is out of range.</exception>
    public static MetricsTest Compare(this MetricsTest test, IMetricSource source, string expression, Action<ComparisonCheck>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        var check = new ComparisonCheck(source, expression);
        configure?.Invoke(check);
        return test.Check(check.Validated());
    }
}

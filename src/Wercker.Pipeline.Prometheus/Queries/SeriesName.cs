using System.Text;

namespace Wercker.Pipeline.Prometheus.Queries;

/// <summary>Names a series as Prometheus writes it: requests_total{code="500",instance="web1:80"}, labels in order.</summary>
internal static class SeriesName
{
    private const string MetricName = "__name__";

    /// <param name="labels">The labels; the metric's name is one of them.</param>
    /// <param name="expression">The name of a series that has no labels.</param>
    public static string Of(Dictionary<string, string> labels, string expression)
    {
        var name = new StringBuilder(labels.GetValueOrDefault(MetricName));
        var opening = '{';
        foreach (var (label, value) in labels.Where(label => label.Key != MetricName).OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            name.Append(opening).Append(label).Append("=\"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
            opening = ',';
        }

        return opening == ',' ? name.Append('}').ToString() : name.Length > 0 ? name.ToString() : expression;
    }
}

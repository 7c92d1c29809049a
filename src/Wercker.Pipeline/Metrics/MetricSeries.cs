using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Metrics;

/// <summary>One series of points.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points, the oldest first. A point without a value was asked for and is not there.</param>
public sealed record MetricSeries(string Name, IReadOnlyList<(DateTimeOffset At, double? Value)> Points)
{
    /// <summary>The points that were measured. What is missing or not a number is no data, and never zero.</summary>
    /// <returns>The measured points, the oldest first.</returns>
    public IEnumerable<(DateTimeOffset At, double Value)> Measured()
    {
        foreach (var (at, value) in Points)
        {
            if (value is { } number && !double.IsNaN(number))
            {
                yield return (at, number);
            }
        }
    }

    /// <summary>The series as evidence that a report can draw: kind "metric", with the window and the points of before.</summary>
    /// <remarks>
    /// The data are <c>expression</c>, <c>series</c>, <c>points</c> and <c>baseline</c> as lists of [seconds since 1970, value or null], and <c>window</c>
    /// with <c>before</c>, <c>from</c> and <c>until</c> in seconds since 1970.
    /// </remarks>
    /// <param name="source">The name of the source.</param>
    /// <param name="expression">What was asked.</param>
    /// <param name="window">The time that was looked at.</param>
    /// <param name="baseline">The series of before the deployment; null when nothing was compared.</param>
    /// <returns>The evidence.</returns>
    public Evidence ToEvidence(string source, string expression, TestWindow window, MetricSeries? baseline = null)
    {
        ArgumentNullException.ThrowIfNull(window);
        return new Evidence("metric", $"{source}: {Name}")
        {
            Data = new JsonObject
            {
                ["expression"] = expression,
                ["series"] = Name,
                ["points"] = ToJson(Points),
                ["baseline"] = baseline is null ? null : ToJson(baseline.Points),
                ["window"] = new JsonObject
                {
                    ["before"] = window.Before.ToUnixTimeSeconds(),
                    ["from"] = window.From.ToUnixTimeSeconds(),
                    ["until"] = window.Until.ToUnixTimeSeconds(),
                },
            },
        };
    }

    // JSON has no word for what is not finite.
    private static JsonArray ToJson(IReadOnlyList<(DateTimeOffset At, double? Value)> points) => new(
        [.. points.Select(point => new JsonArray(point.At.ToUnixTimeSeconds(), point.Value is { } value && double.IsFinite(value) ? value : null))]);
}

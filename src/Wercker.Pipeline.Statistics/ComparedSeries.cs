using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Statistics;

/// <summary>One series with all that is known of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="After">The window after the deployment.</param>
/// <param name="Before">The window that it is compared with.</param>
/// <param name="Parts">The window after the deployment as it is judged: whole, or cut into parts when it is long.</param>
internal sealed record ComparedSeries(string Name, MetricSeries After, MetricSeries Before, IReadOnlyList<ComparedPart> Parts)
{
    public bool HasHadData => Before.Points.Count > 0 || Parts.Any(part => part.Recent.Any(window => window.Length > 0));
}

/// <summary>One part of a window, and what it is compared with. All windows are as long as the part.</summary>
/// <param name="After">The part.</param>
/// <param name="Before">The time right before the deployment, or a week ago.</param>
/// <param name="Recent">The windows before the deployment.</param>
/// <param name="SameHour">The windows around the same hour of earlier days.</param>
/// <param name="Points">How many points the part should have; 0 when nobody knows.</param>
internal sealed record ComparedPart(
    ReadOnlyMemory<double> After, ReadOnlyMemory<double> Before, IReadOnlyList<ReadOnlyMemory<double>> Recent, IReadOnlyList<ReadOnlyMemory<double>> SameHour, int Points);

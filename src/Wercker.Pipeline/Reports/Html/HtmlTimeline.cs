using System.Globalization;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>Where a step lies in the deployment. An SVG and no style attribute, because the page's policy allows none.</summary>
internal sealed class HtmlTimeline(DateTimeOffset start, IReadOnlyList<StepReport> steps)
{
    private readonly double _total = steps.Aggregate(
        0.001, (total, s) => s.StartedAt is { } at ? Math.Max(total, (at - start).TotalSeconds + (s.Duration?.TotalSeconds ?? 0)) : total);

    public string Bar(StepReport step)
    {
        if (step.StartedAt is not { } at)
        {
            return string.Empty;
        }

        var left = Math.Clamp((at - start).TotalSeconds / _total * 100, 0, 99);
        var width = Math.Clamp((step.Duration ?? TimeSpan.Zero).TotalSeconds / _total * 100, 1, 100 - left);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg class=\"bar {HtmlReportStyle.ClassOf(step.Status)}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\"><rect x=\"{left:0.##}\" y=\"0\" width=\"{width:0.##}\" height=\"8\"/></svg>");
    }
}

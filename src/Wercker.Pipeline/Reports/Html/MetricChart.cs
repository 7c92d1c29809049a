using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>Draws one series with the deployment's moment, the band of the time before, and the limits: SVG without scripts and without styles of its own.</summary>
internal sealed class MetricChart
{
    private const int Width = 720;
    private const int Height = 220;
    private const int Left = 64;
    private const int Right = 708;
    private const int Top = 10;
    private const int Bottom = 192;

    /// <summary>More points than this are drawn as the least and the largest of each stretch, so that no spike is lost.</summary>
    private const int MostPoints = 400;
    private static readonly (string Key, string Word)[] Limits = [("minimum", "at least"), ("maximum", "at most"), ("failBelow", "fails below"), ("failAbove", "fails above")];
    private readonly IReadOnlyList<(double At, double? Value)> _after;
    private readonly IReadOnlyList<(double At, double? Value)> _before;
    private readonly List<(double Value, string Words)> _limits = [];
    private readonly double? _deployed;
    private readonly double? _started;
    private readonly ChartScale _x;
    private readonly ChartScale _y;

    private MetricChart(JsonObject data, IReadOnlyList<(double At, double? Value)> after)
    {
        _after = after;
        _started = Moment(data.Object("window").Number("before"));
        _deployed = Moment(data.Object("window").Number("from"));
        _before = Beside(after, data.Points("baseline"), _deployed, out var moved);
        Moved = moved;
        foreach (var (key, word) in Limits)
        {
            if (data.Object("limits").Number(key) is { } limit && IsDrawable(limit))
            {
                _limits.Add((limit, $"{word} {ChartScale.Words(limit)}"));
            }
        }

        var times = _before.Concat(_after).Select(point => point.At).ToList();
        _x = new ChartScale(times.Min(), Math.Max(times.Max(), times.Min() + 1), Left, Right);
        _y = ChartScale.Around([.. Values(_before), .. Values(_after), .. _limits.Select(one => one.Value)], Bottom, Top);
    }

    /// <summary>How far the time before was moved to stand beside the time after; zero when it was just before.</summary>
    public TimeSpan Moved { get; }

    /// <summary>True when there is a time before to compare with.</summary>
    public bool HasBefore => Values(_before).Any();

    /// <summary>The chart; null when there is nothing to draw.</summary>
    public static MetricChart? Of(JsonObject data)
    {
        var points = data.Points("points");
        return Values(points).Any() && points.All(IsDrawable) ? new MetricChart(data, points) : null;
    }

    /// <summary>Adds the drawing, and the same in words for those who do not see it.</summary>
    public void WriteTo(HtmlPage page)
    {
        page.Markup($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"").Text(Words()).Markup("\">\n");
        WriteAxes(page);
        if (Band() is var (low, high))
        {
            page.Markup($"<rect class=\"band\" x=\"{Left}\" y=\"{_y.Of(high)}\" width=\"{Right - Left}\" height=\"{Size(_y.At(low) - _y.At(high))}\"/>\n");
        }

        if (_deployed is { } at && at >= _x.From && at <= _x.To)
        {
            if (_started is { } start && start < at)
            {
                var from = Math.Max(start, _x.From);
                page.Markup($"<rect class=\"during\" x=\"{_x.Of(from)}\" y=\"{Top}\" width=\"{Size(_x.At(at) - _x.At(from))}\" height=\"{Bottom - Top}\"/>\n");
            }

            page.Markup($"<line class=\"deployed\" x1=\"{_x.Of(at)}\" x2=\"{_x.Of(at)}\" y1=\"{Top}\" y2=\"{Bottom}\"/>\n");
        }

        foreach (var (limit, words) in _limits)
        {
            page.Markup($"<line class=\"limit\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{_y.Of(limit)}\" y2=\"{_y.Of(limit)}\"/><text class=\"limit\" x=\"{Right - 4}\" y=\"{_y.Of(limit)}\" dy=\"-4\" text-anchor=\"end\">{words}</text>\n");
        }

        WriteLine(page, _before, "before");
        WriteLine(page, _after, "after");
        page.Markup("</svg>\n");
    }

    private void WriteAxes(HtmlPage page)
    {
        foreach (var mark in _y.Marks())
        {
            page.Markup($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{_y.Of(mark)}\" y2=\"{_y.Of(mark)}\"/><text x=\"{Left - 6}\" y=\"{_y.Of(mark)}\" dy=\"4\" text-anchor=\"end\">{ChartScale.Words(mark)}</text>\n");
        }

        for (var i = 0; i <= 4; i++)
        {
            var at = _x.From + ((_x.To - _x.From) * i / 4);
            var anchor = i switch
            {
                0 => "start",
                4 => "end",
                _ => "middle",
            };
            page.Markup($"<text x=\"{_x.Of(at)}\" y=\"{Height - 8}\" text-anchor=\"{anchor}\">{Clock(at)}{(i == 4 ? " UTC" : string.Empty)}</text>\n");
        }
    }

    /// <summary>A line that breaks where points are missing; a point alone is a dot.</summary>
    private void WriteLine(HtmlPage page, IReadOnlyList<(double At, double? Value)> points, string name)
    {
        var path = new StringBuilder();
        var dots = new StringBuilder();
        var thinned = Thin(points);
        for (var i = 0; i < thinned.Count; i++)
        {
            if (thinned[i].Value is not { } value)
            {
                continue;
            }

            var follows = i > 0 && thinned[i - 1].Value is not null;
            if (!follows && (i + 1 == thinned.Count || thinned[i + 1].Value is null))
            {
                dots.Append(CultureInfo.InvariantCulture, $"<circle class=\"{name}\" cx=\"{_x.Of(thinned[i].At)}\" cy=\"{_y.Of(value)}\" r=\"2.5\"/>");
            }
            else
            {
                path.Append(follows ? 'L' : 'M').Append(_x.Of(thinned[i].At)).Append(' ').Append(_y.Of(value));
            }
        }

        page.Markup(path.Length == 0 ? string.Empty : $"<path class=\"{name}\" d=\"{path}\"/>\n").Markup(dots.ToString());
    }

    private static List<(double At, double? Value)> Thin(IReadOnlyList<(double At, double? Value)> points)
    {
        if (points.Count <= MostPoints)
        {
            return [.. points];
        }

        var thinned = new List<(double, double?)>();
        foreach (var stretch in points.Chunk((points.Count / (MostPoints / 2)) + 1))
        {
            var measured = stretch.Where(point => point.Value is not null).ToList();
            if (measured.Count == 0)
            {
                thinned.Add(stretch[0]);
                continue;
            }

            var least = measured.MinBy(point => point.Value);
            var most = measured.MaxBy(point => point.Value);
            thinned.AddRange(least.At <= most.At ? [least, most] : [most, least]);
        }

        return thinned;
    }

    /// <summary>Where nine of ten values of the time before lie.</summary>
    private (double Low, double High)? Band()
    {
        var sorted = Values(_before).Order().ToArray();
        return sorted.Length < 2 ? null : (sorted[(int)(0.05 * (sorted.Length - 1))], sorted[(int)Math.Ceiling(0.95 * (sorted.Length - 1))]);
    }

    private string Words()
    {
        var words = $"After the deployment {InWords(Values(_after))}";
        return HasBefore ? $"{words}; before it {InWords(Values(_before))}." : $"{words}.";
    }

    private static string InWords(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return $"{sorted.Length} point{(sorted.Length == 1 ? string.Empty : "s")} from {ChartScale.Words(sorted[0])} to {ChartScale.Words(sorted[^1])}, the median {ChartScale.Words(sorted[sorted.Length / 2])}";
    }

    /// <summary>A time before that is long ago, as the same hour of last week, is moved to just before the deployment.</summary>
    private static IReadOnlyList<(double At, double? Value)> Beside(
        IReadOnlyList<(double At, double? Value)> after, IReadOnlyList<(double At, double? Value)> before, double? deployed, out TimeSpan moved)
    {
        moved = TimeSpan.Zero;
        if (before.Count == 0 || !before.All(IsDrawable))
        {
            return [];
        }

        var end = deployed ?? after[0].At;
        var gap = end - before[^1].At;
        var length = Math.Max(before[^1].At - before[0].At, after[^1].At - after[0].At);
        if (gap >= 0 && gap <= Math.Max(4 * length, 3600))
        {
            return before;
        }

        moved = TimeSpan.FromSeconds(Math.Round(gap));
        return [.. before.Select(point => (point.At + gap, point.Value))];
    }

    private static bool IsDrawable((double At, double? Value) point) => Moment(point.At) is not null && (point.Value is not { } value || IsDrawable(value));

    // What can be added up and stays a number.
    private static bool IsDrawable(double value) => Math.Abs(value) < 1e300;

    /// <summary>A moment of the years 1970 to 9999.</summary>
    private static double? Moment(double? seconds) => seconds is >= 0 and < 253_402_300_000 ? seconds : null;

    private static IEnumerable<double> Values(IReadOnlyList<(double At, double? Value)> points) => points.Select(point => point.Value).OfType<double>();

    private static string Clock(double seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    // Something of no height would not be seen.
    private static string Size(double pixels) => ChartScale.Pixels(Math.Max(pixels, 1));
}

using System.Globalization;
using System.Text.Json;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Judges public time series with labelled anomalies: a checkout of the Numenta Anomaly Benchmark, https://github.com/numenta/NAB.</summary>
internal static class LabelledSeries
{
    private const int Unlabelled = 20;

    public static async Task<int> RunAsync(TextWriter output, string directory, int points)
    {
        using var labels = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "labels", "combined_windows.json")).ConfigureAwait(false));
        using var marks = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "labels", "combined_labels.json")).ConfigureAwait(false));
        var random = new Random(1);
        var (falseAlarms, quiet, unknown, found, anomalies, whole, atMark) = (0, 0, 0, 0, 0, 0, 0);
        foreach (var file in labels.RootElement.EnumerateObject())
        {
            var series = await ReadAsync(Path.Combine(directory, "data", file.Name)).ConfigureAwait(false);
            var source = new ArraySource(series);
            var gaps = series.Zip(series.Skip(1), (a, b) => b.At - a.At).Order().ToList();
            var length = gaps[gaps.Count / 2] * points;
            var windows = file.Value.EnumerateArray().Select(window => (From: Time(window[0].GetString()!), Until: Time(window[1].GetString()!))).ToList();
            var first = series[0].At + TimeSpan.FromTicks(Math.Max((long)(0.15 * (series[^1].At - series[0].At).Ticks), 3 * length.Ticks));
            var last = series[^1].At - length;
            for (var (tries, taken) = (0, 0); tries < 1000 && taken < Unlabelled && last > first; tries++)
            {
                var from = series[random.Next(series.Count)].At;
                if (from < first || from > last || windows.Any(window => from + length > window.From && from - (3 * length) < window.Until))
                {
                    continue;
                }

                taken++;
                var status = (await Judge.OfAsync(source, file.Name, from, length).ConfigureAwait(false)).Status;
                (falseAlarms, quiet, unknown) = status switch
                {
                    StepStatus.Failed => (falseAlarms + 1, quiet, unknown),
                    StepStatus.Succeeded => (falseAlarms, quiet + 1, unknown),
                    _ => (falseAlarms, quiet, unknown + 1),
                };
            }

            foreach (var ((from, until), label) in windows.Zip(marks.RootElement.GetProperty(file.Name).EnumerateArray()))
            {
                anomalies++;
                var mark = Time(label.GetString()!);
                var index = Math.Max(series.FindIndex(point => point.At >= mark) - 2, 0);
                atMark += (await Judge.OfAsync(source, file.Name, series[index].At, length).ConfigureAwait(false)).Status == StepStatus.Failed ? 1 : 0;
                var start = series.First(point => point.At >= from).At;
                whole += (await Judge.OfAsync(source, file.Name, start, until - start).ConfigureAwait(false)).Status == StepStatus.Failed ? 1 : 0;
                for (var at = start; at < until; at += length)
                {
                    if ((await Judge.OfAsync(source, file.Name, at, length).ConfigureAwait(false)).Status == StepStatus.Failed)
                    {
                        found++;
                        break;
                    }
                }
            }
        }

        var unlabelled = falseAlarms + quiet + unknown;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"windows of {points} points: {100.0 * falseAlarms / unlabelled:0.0} % of {unlabelled} unlabelled windows failed, {100.0 * unknown / unlabelled:0.0} % were inconclusive; {100.0 * found / anomalies:0.0} % of {anomalies} labelled anomalies failed in one of their windows, {100.0 * whole / anomalies:0.0} % as one window, {100.0 * atMark / anomalies:0.0} % in the window that begins two points before the mark")).ConfigureAwait(false);
        return 0;
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static async Task<List<(DateTimeOffset At, double? Value)>> ReadAsync(string path) =>
    [
        .. (await File.ReadAllLinesAsync(path).ConfigureAwait(false)).Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == 2)
            .Select(cells => (Time(cells[0]), (double?)double.Parse(cells[1], CultureInfo.InvariantCulture))).DistinctBy(point => point.Item1).OrderBy(point => point.Item1),
    ];
}

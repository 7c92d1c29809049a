using System.Globalization;
using System.Text.Json;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Reads a checkout of public series with labels. Nothing of it is kept here.</summary>
/// <remarks>
/// Known are https://github.com/numenta/NAB, which has its labels in files of their own, and data sets whose CSV files have the columns
/// TimeStamp, Value and Label, as https://github.com/microsoft/cloud-monitoring-dataset; machines.py makes such files of the servers of
/// https://github.com/zhhlee/InterFusion.
/// </remarks>
internal static class LabelledFiles
{
    // People label points; between the points of one incident are some that look well.
    private const int StepsOfOneAnomaly = 3;

    public static async Task<IReadOnlyList<LabelledSeries>> ReadAsync(string directory)
    {
        if (File.Exists(Path.Combine(directory, "labels", "combined_windows.json")))
        {
            return await ReadNabAsync(directory).ConfigureAwait(false);
        }

        var files = Directory.EnumerateFiles(directory, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        return files.Count == 0
            ? throw new ArgumentException($"{directory} holds neither labels/combined_windows.json nor CSV files: name a checkout of a data set.")
            : [.. await Task.WhenAll(files.Select(file => ReadLabelledAsync(directory, file))).ConfigureAwait(false)];
    }

    /// <summary>Reads folders of which each is a machine, and each file in it one of the machine's metrics.</summary>
    public static async Task<IReadOnlyList<LabelledSeries>> ReadMachinesAsync(string directory) =>
        [.. (await ReadAsync(directory).ConfigureAwait(false)).GroupBy(metric => Path.GetDirectoryName(metric.Name)!).Select(machine => MachineOf(machine.Key, [.. machine]))];

    private static LabelledSeries MachineOf(string name, IReadOnlyList<LabelledSeries> metrics)
    {
        var anomalies = new List<LabelledAnomaly>();
        foreach (var one in metrics.SelectMany(metric => metric.Anomalies).OrderBy(anomaly => anomaly.From))
        {
            if (anomalies.Count > 0 && one.From <= anomalies[^1].Until)
            {
                anomalies[^1] = anomalies[^1] with { Until = one.Until > anomalies[^1].Until ? one.Until : anomalies[^1].Until };
            }
            else
            {
                anomalies.Add(one);
            }
        }

        return new LabelledSeries($"{name}/*", metrics[0].Points, anomalies) { Metrics = metrics, LabelledFrom = metrics[0].LabelledFrom };
    }

    private static async Task<IReadOnlyList<LabelledSeries>> ReadNabAsync(string directory)
    {
        using var labels = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "labels", "combined_windows.json")).ConfigureAwait(false));
        using var marks = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "labels", "combined_labels.json")).ConfigureAwait(false));
        var all = new List<LabelledSeries>();
        foreach (var file in labels.RootElement.EnumerateObject())
        {
            var rows = await RowsAsync(Path.Combine(directory, "data", file.Name)).ConfigureAwait(false);
            all.Add(new LabelledSeries(
                file.Name,
                InOrder(rows),
                [
                    .. file.Value.EnumerateArray().Zip(
                        marks.RootElement.GetProperty(file.Name).EnumerateArray(),
                        (window, mark) => new LabelledAnomaly(Time(window[0].GetString()!), Time(window[1].GetString()!), Time(mark.GetString()!))),
                ]));
        }

        return all;
    }

    private static async Task<LabelledSeries> ReadLabelledAsync(string directory, string file)
    {
        var rows = await RowsAsync(file).ConfigureAwait(false);
        var series = new LabelledSeries(Path.GetRelativePath(directory, file), InOrder(rows), []);
        var anomalies = new List<LabelledAnomaly>();
        foreach (var at in rows.Where(row => row.Length > 2 && row[2] == "1").Select(row => Time(row[0])).Distinct().Order())
        {
            if (anomalies.Count > 0 && at - anomalies[^1].Until <= (StepsOfOneAnomaly - 1) * series.Step)
            {
                anomalies[^1] = anomalies[^1] with { Until = at + series.Step };
            }
            else
            {
                anomalies.Add(new LabelledAnomaly(at, at + series.Step, at));
            }
        }

        // A point whose label is empty, nobody has looked at.
        var labelled = rows.FirstOrDefault(row => row.Length > 2 && row[2].Length > 0);
        return series with { Anomalies = anomalies, LabelledFrom = labelled is null ? series.LabelledFrom : Time(labelled[0]) };
    }

    private static async Task<List<string[]>> RowsAsync(string path) =>
        [.. (await File.ReadAllLinesAsync(path).ConfigureAwait(false)).Skip(1).Select(line => line.Replace("\"", string.Empty, StringComparison.Ordinal).Split(',')).Where(cells => cells.Length >= 2)];

    private static List<(DateTimeOffset At, double? Value)> InOrder(List<string[]> rows) =>
    [
        .. rows.Where(cells => cells[1].Length > 0).Select(cells => (At: Time(cells[0]), Value: (double?)double.Parse(cells[1], CultureInfo.InvariantCulture)))
            .DistinctBy(point => point.At).OrderBy(point => point.At),
    ];

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

using System.Globalization;
using Wercker.Pipeline;
using Wercker.Pipeline.Metrics;

namespace Samples.Quickstart;

/// <summary>Reads the heartbeats that the web server writes. The query is the series' name.</summary>
public sealed class HeartbeatFile(SiteDirectory site) : IMetricSource
{
    public string Name => "heartbeat file";

    public async ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        using var file = new StreamReader(new FileStream(site.Heartbeat, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var points = new List<(DateTimeOffset, double?)>();
        while (await file.ReadLineAsync(cancellationToken) is { } line)
        {
            // shop.heartbeat 1 1366366500123
            var fields = line.Split(' ');
            var at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(fields[2], CultureInfo.InvariantCulture));
            if (fields[0] == query.Text && at >= query.From && at < query.Until)
            {
                points.Add((at, double.Parse(fields[1], CultureInfo.InvariantCulture)));
            }
        }

        return points.Count == 0 ? [] : [new MetricSeries(query.Text, points)];
    }
}

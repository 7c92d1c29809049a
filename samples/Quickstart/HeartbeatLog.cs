using System.Globalization;
using System.Text.RegularExpressions;
using Wercker.Pipeline;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;

namespace Samples.Quickstart;

/// <summary>Reads the heartbeats that the shop writes into its log: "shop.heartbeat 1". The query is the series' name.</summary>
public sealed class HeartbeatLog(ILogSource log) : IMetricSource
{
    public string Name => $"heartbeats in {log.Name}";

    public async ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        var points = new List<(DateTimeOffset, double?)>();
        await foreach (var line in log.ReadAsync(new SourceQuery($"source:app ^{Regex.Escape(query.Text)} ", query.From, query.Until), cancellationToken))
        {
            if (line.Lost)
            {
                throw new InvalidDataException($"Heartbeats may be missing: {line.Message}");
            }

            points.Add((line.At, double.Parse(line.Message.Split(' ')[1], CultureInfo.InvariantCulture)));
        }

        return points.Count == 0 ? [] : [new MetricSeries(query.Text, points)];
    }
}

using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Metrics;

/// <summary>One run of a threshold check: measures, counts, and keeps what it saw.</summary>
internal sealed class ThresholdRun(
    IMetricSource source, string expression, Reducer reducer, ThresholdLimits limits, ThresholdSchedule schedule, MeasurementLimits tolerated)
{
    private const int MostSeriesShown = 20;
    private readonly MeasurementTally _tally = new(tolerated);
    private readonly Dictionary<string, List<(DateTimeOffset At, double? Value)>> _measured = new(StringComparer.Ordinal);
    private string? _last;
    private Exception? _error;

    public async ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken)
    {
        var end = schedule.First(window);
        while (true)
        {
            await TestWindow.WaitAsync(end + schedule.Lag, context, cancellationToken).ConfigureAwait(false);
            var measurement = await MeasureAsync(schedule.StartOf(end, window), end, cancellationToken).ConfigureAwait(false);
            _tally.Add(measurement);
            if (_tally.Verdict() is { } verdict)
            {
                return Result(verdict, window);
            }

            // An error leaves its place empty, and the place is filled: the last word is never an error that nobody counts.
            end += measurement == Measurement.Error ? schedule.RetryDelay : schedule.Interval!.Value;
            if (tolerated.Count is null && end > window.Until && measurement != Measurement.Error)
            {
                return Result(_tally.End(), window);
            }
        }
    }

    private async ValueTask<Measurement> MeasureAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        IReadOnlyList<MetricSeries> all;
        try
        {
            all = await source.QueryAsync(new SourceQuery(expression, from, until), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            (_error, _last) = (e, e.Message);
            return Measurement.Error;
        }

        // A source remembers hosts that are gone: a series without a point says nothing, unless there is no other.
        var worst = Measurement.Inconclusive;
        string? said = null;
        foreach (var series in all)
        {
            double[] values = [.. series.Measured().Select(point => point.Value)];
            if (values.Length == 0)
            {
                continue;
            }

            double? number = values.Length >= schedule.MinimumPoints ? reducer.Reduce(values) : null;
            var measurement = number is { } value ? limits.Measure(value) : Measurement.Inconclusive;
            Keep(series.Name, until, number);
            if (said is null || IsWorse(measurement, worst))
            {
                (worst, said) = (measurement, number is null
                    ? $"{series.Name} has {values.Length} points in {DurationText.Of(until - from)}"
                    : $"the {reducer.Word} of {series.Name} is {ThresholdLimits.Text(number)}");
            }
        }

        _last = said ?? $"there is no data in {DurationText.Of(until - from)}";
        return worst;
    }

    private void Keep(string series, DateTimeOffset at, double? value)
    {
        if (!_measured.TryGetValue(series, out var points))
        {
            _measured.Add(series, points = []);
        }

        points.Add((at, value));
    }

    private StepResult Result((StepStatus Status, string Why) verdict, TestWindow window)
    {
        var seen = _measured.Where(one => one.Value.Any(point => point.Value is not null)).ToList();
        return new StepResult
        {
            Status = verdict.Status,
            Message = $"{verdict.Why}; at last {_last}",
            Evidence = [.. seen.OrderByDescending(Outside).Take(MostSeriesShown).Select(one => EvidenceOf(new MetricSeries(one.Key, one.Value), window))],
            Exception = verdict.Status == StepStatus.Error ? _error : null,
        };
    }

    private Evidence EvidenceOf(MetricSeries measured, TestWindow window)
    {
        var evidence = measured.ToEvidence(source.Name, expression, window);
        evidence.Data!["reducer"] = reducer.Word;
        evidence.Data["limits"] = new JsonObject
        {
            ["minimum"] = limits.Minimum,
            ["maximum"] = limits.Maximum,
            ["failBelow"] = limits.FailBelow,
            ["failAbove"] = limits.FailAbove,
        };
        return evidence;
    }

    private int Outside(KeyValuePair<string, List<(DateTimeOffset At, double? Value)>> one) =>
        one.Value.Count(point => point.Value is not { } value || limits.Measure(value) != Measurement.Passed);

    private static bool IsWorse(Measurement one, Measurement other) =>
        one != other && (one == Measurement.Failed || (one == Measurement.Inconclusive && other == Measurement.Passed));
}

using System.Text.Json.Nodes;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Steps;

/// <summary>A few minutes after the deployment, asks the metrics whether the application is well. The simplest sign is its heartbeat.</summary>
/// <param name="test">What to ask.</param>
internal sealed class MetricsTestStep(MetricsTest test) : IDeployStep
{
    // A beat may come late by a scrape, a flush or a slow network; three intervals without one are silence.
    private const int MissedBeats = 3;
    private const string NoSource = "no metric source is configured";
    private readonly DelayedWindow _window = new(test.Delay, test.Past);

    /// <inheritdoc />
    /// <remarks>Asking twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context) => test.Heartbeats.Count == 0
        ? StepForecast.Skips(NoSource)
        : StepForecast.Runs($"after {DurationText.Of(test.Delay)} ask {string.Join(", ", test.Heartbeats.Select(check => $"{check.Source.Name} for {check.Expression}"))}");

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (test.Heartbeats.Count == 0)
        {
            return StepResult.Skipped(NoSource);
        }

        var window = await _window.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        await TestWindow.WaitAsync(window.Until, context, cancellationToken).ConfigureAwait(false);
        var (from, until) = (window.From, window.Until);
        var evidence = new List<Evidence>();
        var silent = new List<string>();
        var unseen = new List<string>();
        foreach (var check in test.Heartbeats)
        {
            var series = await check.Source.QueryAsync(new SourceQuery(check.Expression, from, until), cancellationToken).ConfigureAwait(false);
            if (!series.Any(one => one.Points.Any(point => point.Value is not null)))
            {
                unseen.Add($"{check.Source.Name} has no beat for {check.Expression}");
            }

            foreach (var one in series)
            {
                var last = one.Points.LastOrDefault(point => point.Value is not null);
                evidence.Add(EvidenceOf(check, one));
                if (last.Value is not null && until - last.At > check.Every * MissedBeats)
                {
                    silent.Add($"{one.Name} stopped beating at {last.At:HH:mm:ss}");
                }
            }
        }

        return (silent.Count, unseen.Count) switch
        {
            ( > 0, _) => StepResult.Failed(string.Join("; ", silent), evidence),
            (_, > 0) => StepResult.Inconclusive(string.Join("; ", unseen), evidence),
            _ => StepResult.Succeeded($"{evidence.Count} host(s) beat until the end", evidence),
        };
    }

    private static Evidence EvidenceOf(HeartbeatCheck check, MetricSeries series) => new("metric", $"{check.Source.Name}: {series.Name}")
    {
        Data = new JsonObject
        {
            ["expression"] = check.Expression,
            ["series"] = series.Name,
            ["points"] = new JsonArray([.. series.Points.Select(point => new JsonArray(point.At.ToUnixTimeSeconds(), point.Value))]),
        },
    };
}

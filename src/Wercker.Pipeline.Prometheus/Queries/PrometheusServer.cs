using System.Globalization;
using System.Net;
using System.Text.Json;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Prometheus.Queries;

/// <summary>The parts of Prometheus' HTTP API, version 1, that are used.</summary>
internal sealed class PrometheusServer(HttpClient http, PrometheusOptions options, TimeProvider clock) : MetricServer("Prometheus", http, AccessOf(options), clock)
{
    // Prometheus refuses more than 11,000 points per series.
    private const int MostPoints = 11_000;
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads the samples of selected series, each at the time of its scrape.</summary>
    public ValueTask<IReadOnlyList<MetricSeries>> SelectAsync(SourceQuery window, CancellationToken cancellationToken)
    {
        // A range ends with the moment that is asked for, and began with its start until version 3, which leaves that out.
        var range = (long)(window.Until - window.From).TotalMilliseconds + 1;
        return AskAsync("api/v1/query", [new("query", $"{window.Text}[{range}ms]"), new("time", Second(window.Until))], window, cancellationToken);
    }

    /// <summary>Computes an expression at even distances.</summary>
    public ValueTask<IReadOnlyList<MetricSeries>> ComputeAsync(SourceQuery window, TimeSpan step, CancellationToken cancellationToken)
    {
        var least = TimeSpan.FromSeconds(Math.Ceiling((window.Until - window.From).TotalSeconds / (MostPoints - 1)));
        var seconds = (step > least ? step : least).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return AskAsync(
            "api/v1/query_range",
            [new("query", window.Text), new("start", Second(window.From)), new("end", Second(window.Until - Instant)), new("step", seconds)],
            window,
            cancellationToken);
    }

    protected override string ReasonOf(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AnswerJson.Default.Answer) is { Error: { } error } answer ? $"{answer.ErrorType}: {error}" : string.Empty;
        }
        catch (JsonException)
        {
            // A proxy's page: the status says enough.
            return string.Empty;
        }
    }

    protected override Exception Fault(string message, HttpStatusCode? status, Exception? inner) => new PrometheusException(message, inner) { StatusCode = status };

    private ValueTask<IReadOnlyList<MetricSeries>> AskAsync(
        string path, KeyValuePair<string, string>[] parameters, SourceQuery window, CancellationToken cancellationToken) =>
        AskAsync(path, parameters, $"query {window.Text}", (body, _, token) => ReadAsync(body, window, token), cancellationToken);

    private async ValueTask<IReadOnlyList<MetricSeries>> ReadAsync(Stream body, SourceQuery window, CancellationToken cancellationToken)
    {
        var answer = await JsonSerializer.DeserializeAsync(body, AnswerJson.Default.Answer, cancellationToken).ConfigureAwait(false);
        if (answer is not { Status: "success", Data: { ResultType: { } type, Result: { } result } })
        {
            throw new JsonException("there is no result in it.");
        }

        if (answer.Warnings is [var warning, ..])
        {
            throw Fault($"{Subject($"query {window.Text}")} was answered with a warning, so something may be missing: {warning}", null, null);
        }

        if (type != "matrix")
        {
            throw Fault($"{Subject($"query {window.Text}")} is a {type}: ask for series over time, such as a metric or rate(metric[1m]).", null, null);
        }

        var (from, until) = (window.From.ToUnixTimeMilliseconds(), window.Until.ToUnixTimeMilliseconds());
        return [.. result.Select(series => new MetricSeries(SeriesName.Of(series.Metric, window.Text), (series.Values ?? new SeriesPoints()).Between(from, until))).Where(series => series.Points.Count > 0)];
    }

    private static string Second(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private static MetricServerAccess AccessOf(PrometheusOptions options) =>
        new(options.Url, options.User, options.Password, options.Token) { Timeout = options.Timeout, MaximumBytes = options.MaximumAnswerBytes };
}

using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Graphite.Render;

/// <summary>The parts of graphite-web's HTTP API that are used: render, and events.</summary>
internal sealed class GraphiteServer(HttpClient http, GraphiteOptions options, TimeProvider clock) : MetricServer("Graphite", http, AccessOf(options), clock)
{
    private readonly HttpClient _http = http;

    /// <summary>Reads the series of an expression.</summary>
    /// <param name="query">The expression, and the window whose points are wanted.</param>
    /// <param name="from">The second before the window.</param>
    /// <param name="until">The last second of the window.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<IReadOnlyList<MetricSeries>> RenderAsync(SourceQuery query, long from, long until, CancellationToken cancellationToken)
    {
        // Answers of render are cached for a minute by default: whoever asks again wants what came since.
        KeyValuePair<string, string>[] parameters =
        [
            new("target", query.Text), new("from", from.ToString(CultureInfo.InvariantCulture)), new("until", until.ToString(CultureInfo.InvariantCulture)),
            new("format", "json"), new("noCache", "1"),
        ];
        return await AskAsync(
            "render", parameters, $"render {query.Text}", (body, knownUntil, token) => ReadAsync(body, query, knownUntil, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Posts an event. It is sent once: Graphite could not tell a repetition from a second event.</summary>
    /// <param name="what">Its title.</param>
    /// <param name="tags">Words without spaces, by which it is found.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="data">What else there is to know.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask PostEventAsync(string what, IReadOnlyList<string> tags, DateTimeOffset at, JsonObject data, CancellationToken cancellationToken)
    {
        // Data as an object would be kept as Python prints it.
        var body = new JsonObject { ["what"] = what, ["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]), ["when"] = at.ToUnixTimeSeconds(), ["data"] = data.ToJsonString() };
        using var request = Request(HttpMethod.Post, "events/");
        request.Content = new StringContent(body.ToJsonString(), null, "application/json");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Fault(await ExplainAsync(response, $"event \"{what}\"", cancellationToken).ConfigureAwait(false), response.StatusCode, null);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Fault($"{Subject($"event \"{what}\"")} got no answer: {e.Message}", null, e);
        }
    }

    protected override string ReasonOf(string body) => ErrorPage.ReasonOf(body);

    protected override Exception Fault(string message, HttpStatusCode? status, Exception? inner) => new GraphiteException(message, inner) { StatusCode = status };

    private static async ValueTask<IReadOnlyList<MetricSeries>> ReadAsync(Stream body, SourceQuery query, DateTimeOffset knownUntil, CancellationToken cancellationToken)
    {
        var found = new List<MetricSeries>();
        var (from, until, known) = (query.From.ToUnixTimeMilliseconds(), query.Until.ToUnixTimeMilliseconds(), knownUntil.ToUnixTimeMilliseconds());
        await foreach (var series in JsonSerializer.DeserializeAsyncEnumerable(body, RenderJson.Default.RenderedSeries, cancellationToken).ConfigureAwait(false))
        {
            if (series is not { Target: { } target, Datapoints: { } points })
            {
                throw new JsonException("a series has no target or no datapoints.");
            }

            // A bucket is stamped with its start. Of a single point nobody can tell how long its bucket is: it may be as long as the window.
            var step = points.Step > 0 ? points.Step : until - from;
            found.Add(new MetricSeries(target, points.Between(from, Math.Min(until, known - step + 1))));
        }

        return found;
    }

    private static MetricServerAccess AccessOf(GraphiteOptions options) =>
        new(options.Url, options.User, options.Password, options.Token) { Timeout = options.Timeout, MaximumBytes = options.MaximumAnswerBytes };
}

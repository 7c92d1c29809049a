using System.Net;
using System.Text;
using System.Text.Json;
using Polly;

namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>A server that answers questions about metrics in JSON, and its faults in words.</summary>
/// <param name="product">What it is, for messages.</param>
/// <param name="http">The client; the caller disposes it.</param>
/// <param name="access">Where it is.</param>
/// <param name="clock">The clock.</param>
internal abstract class MetricServer(string product, HttpClient http, MetricServerAccess access, TimeProvider clock)
{
    // Above this some proxies and gunicorn refuse an address.
    private const int LongestQuery = 2000;
    private const int LongestReason = 400;

    protected MetricServerAccess Access => access;

    /// <summary>Asks, and reads the answer while it comes.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="path">The path below the root, without a slash in front.</param>
    /// <param name="parameters">What to ask.</param>
    /// <param name="what">The same for messages: "render shop.*.heartbeat".</param>
    /// <param name="read">Reads the answer, told the last moment that it can know of by the server's own clock.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    protected async ValueTask<T> AskAsync<T>(
        string path, IEnumerable<KeyValuePair<string, string>> parameters, string what, Func<Stream, DateTimeOffset, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(access.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var form = new FormUrlEncodedContent(parameters);
            using var request = await RequestAsync(path, form, either.Token).ConfigureAwait(false);
            var startedAt = clock.GetTimestamp();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            await EnsureJsonAsync(response, what, either.Token).ConfigureAwait(false);

            // The answer was computed somewhere between sending and now, and the server's clock is the one that stamps its points.
            var knownUntil = (response.Headers.Date ?? clock.GetUtcNow()) - clock.GetElapsedTime(startedAt);
            using var body = new BoundedStream(await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false), access.MaximumBytes);
            return await read(body, knownUntil, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault($"{Subject(what)} was not answered in full within {access.Timeout.TotalSeconds:0.###} seconds. Ask for less, or allow more time.", null, e);
        }
        catch (JsonException e)
        {
            throw Fault($"{Subject(what)} was answered with JSON that is not {product}'s: {e.Message}", null, e);
        }
        catch (InvalidDataException e)
        {
            throw Fault($"{Subject(what)}: {e.Message}", null, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ExecutionRejectedException)
        {
            throw Fault($"{Subject(what)} got no answer: {(e.InnerException is { } inner ? inner.Message : e.Message)} Is it running, and can it be reached from here?", null, e);
        }
    }

    /// <summary>A request with the credentials, for what is no question.</summary>
    protected HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, access.UrlOf(path));
        request.Headers.Authorization = access.Credentials;
        request.Headers.UserAgent.ParseAdd("Wercker.Pipeline");
        return request;
    }

    /// <summary>What an error's page says, without its markup; empty when it says nothing.</summary>
    protected abstract string ReasonOf(string body);

    protected abstract Exception Fault(string message, HttpStatusCode? status, Exception? inner);

    protected async ValueTask EnsureJsonAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType?.MediaType ?? "nothing";
        if (!response.IsSuccessStatusCode)
        {
            throw Fault(await ExplainAsync(response, what, cancellationToken).ConfigureAwait(false), response.StatusCode, null);
        }

        if (type != "application/json")
        {
            throw Fault($"{Subject(what)} was answered with {type} instead of JSON. Is the address that of {product}, and not of a page before it?", response.StatusCode, null);
        }
    }

    protected async ValueTask<string> ExplainAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized when access.Credentials is null:
                return $"{Subject(what)} was answered with {status}: it wants credentials. Set a user and a password, or a token.";
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return $"{Subject(what)} was answered with {status}: the {access.Credentials?.Scheme.ToLowerInvariant() ?? "missing"} credentials were refused. Correct them, or give them the right to read.";
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                var elsewhere = response.Headers.Location is { } location ? new Uri(access.UrlOf(string.Empty), location).GetLeftPart(UriPartial.Path) : "nowhere";
                return $"{Subject(what)} was redirected to {elsewhere}, which is not followed, for the credentials are for {access.Host} alone. Set the address to where it really is.";
            case HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout:
                return $"{Subject(what)} was answered with {status}: {product} is down, or too slow for the proxy before it.";
        }

        var reason = access.Masked(ReasonOf(await BeginningAsync(response, cancellationToken).ConfigureAwait(false)).ReplaceLineEndings(" ").Trim());
        reason = reason.Length > LongestReason ? string.Concat(reason.AsSpan(0, LongestReason), "...") : reason;
        return $"{Subject(what)} was answered with {status}{(reason.Length > 0 ? ": " + reason : ".")}";
    }

    protected string Subject(string what) => $"{product} at {access.Host}: {what}";

    private static async ValueTask<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private async ValueTask<HttpRequestMessage> RequestAsync(string path, FormUrlEncodedContent form, CancellationToken cancellationToken)
    {
        var query = await form.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var request = query.Length > LongestQuery ? Request(HttpMethod.Post, path) : Request(HttpMethod.Get, $"{path}?{query}");
        if (request.Method == HttpMethod.Post)
        {
            request.Content = new StringContent(query, Encoding.ASCII, "application/x-www-form-urlencoded");
        }

        request.Options.Set(MetricServerHttp.Question, true);
        request.Headers.Accept.ParseAdd("application/json");
        return request;
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku.Api;

/// <summary>The Platform API, version 3, with one key and one app.</summary>
internal sealed class HerokuApi(HttpClient http, Uri baseUrl, Secret key, string app, TimeProvider clock)
{
    /// <summary>Set on requests that may be repeated although their method is not safe.</summary>
    public static readonly HttpRequestOptionsKey<bool> Repeatable = new("wercker.repeatable");

    private readonly RateBudget _budget = RateBudget.Of(baseUrl, key.Reveal());

    public HttpClient Http => http;

    public TimeProvider Clock => clock;

    public string App => app;

    public TimeSpan RateLimitPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The path of something of the app: "dynos" is "/apps/shop/dynos".</summary>
    public string Of(string path = "") => path.Length == 0 ? $"/apps/{Uri.EscapeDataString(app)}" : $"/apps/{Uri.EscapeDataString(app)}/{path}";

    public async ValueTask<T> GetAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellationToken, string? range = null) =>
        await SendAsync(HttpMethod.Get, path, null, json, true, cancellationToken, range).ConfigureAwait(false);

    /// <summary>Asks within a poll: an answer that may be better next time is null.</summary>
    public async ValueTask<T?> PollAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellationToken, string? range = null)
        where T : class
    {
        try
        {
            return await GetAsync(path, json, cancellationToken, range).ConfigureAwait(false);
        }
        catch (HerokuException e) when (e.IsTransient)
        {
            return null;
        }
    }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path with a slash in front.</param>
    /// <param name="body">The JSON body; null for none.</param>
    /// <param name="json">How to read the answer.</param>
    /// <param name="repeatable">True when doing it twice is as good as doing it once.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <param name="range">The Range header; null for none.</param>
    /// <exception cref="HerokuException">Anything but a success.</exception>
    public async ValueTask<T> SendAsync<T>(
        HttpMethod method, string path, JsonObject? body, JsonTypeInfo<T> json, bool repeatable, CancellationToken cancellationToken, string? range = null)
    {
        using var response = await SendAsync(method, path, body, repeatable, range, cancellationToken).ConfigureAwait(false);
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, json) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new HerokuException($"{method} {path} answered {(int)response.StatusCode} with something that is not the JSON it should be{IdOf(response)}. Is {baseUrl} the Platform API?", e)
            {
                StatusCode = response.StatusCode,
                RequestId = RequestIdOf(response),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new HerokuException($"{method} {path} answered {(int)response.StatusCode}, but the answer broke off{IdOf(response)}: {e.Message}", e);
        }
    }

    /// <summary>Sends a request whose answer has nothing to read.</summary>
    public async ValueTask SendAsync(HttpMethod method, string path, JsonObject? body, bool repeatable, CancellationToken cancellationToken) =>
        (await SendAsync(method, path, body, repeatable, null, cancellationToken).ConfigureAwait(false)).Dispose();

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonObject? body, bool repeatable, string? range, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var pause = _budget.Pause(clock);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
            }

            using var request = Request(method, path, body, repeatable, range);
            var response = await SendOnceAsync(request, path, cancellationToken).ConfigureAwait(false);
            _budget.Learn(response.Headers, clock);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                // A refused request was not carried out, so this is the one case in which anything may be sent again.
                if (response.StatusCode == HttpStatusCode.TooManyRequests
                    && clock.GetElapsedTime(startedAt) + _budget.Refused(response.Headers, attempt, clock) <= RateLimitPatience)
                {
                    continue;
                }

                throw await FaultAsync(method, path, response, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, JsonObject? body, bool repeatable, string? range)
    {
        var request = new HttpRequestMessage(method, new Uri(baseUrl, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        request.Headers.Accept.ParseAdd("application/vnd.heroku+json; version=3");
        request.Headers.UserAgent.ParseAdd("Wercker.Pipeline.Heroku");
        request.Headers.TryAddWithoutValidation("Request-Id", Guid.NewGuid().ToString());
        request.Options.Set(Repeatable, repeatable);
        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        return request;
    }

    private async ValueTask<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ExecutionRejectedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HerokuException($"{request.Method} {path}: {baseUrl.Host} gave no answer: {e.Message} {(e.InnerException is { } inner ? inner.Message : string.Empty)}".TrimEnd(), e);
        }
    }

    private static async ValueTask<HerokuException> FaultAsync(HttpMethod method, string path, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        ErrorInfo? error = null;
        try
        {
            error = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), AnswerJson.Default.ErrorInfo);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // A proxy's page or a broken answer: the status says enough.
        }

        var words = error?.Message is { Length: > 0 } message ? $": {message.ReplaceLineEndings(" ")}" : string.Empty;
        var more = error?.Url is { Length: > 0 } url ? $" See {url}" : string.Empty;
        return new HerokuException($"{method} {path} answered {(int)response.StatusCode} {error?.Id ?? response.ReasonPhrase}{words}{IdOf(response)}{more}".TrimEnd())
        {
            StatusCode = response.StatusCode,
            ErrorId = error?.Id,
            RequestId = RequestIdOf(response),
        };
    }

    private static string IdOf(HttpResponseMessage response) => RequestIdOf(response) is { } id ? $" (Request-Id {id})" : " (no Request-Id)";

    private static string? RequestIdOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Request-Id", out var values) && values.FirstOrDefault() is { Length: > 0 } id ? id : null;
}

using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>A session of an app's log: what is in the log's buffer, and, with a tail, what comes.</summary>
/// <param name="api">The app.</param>
/// <param name="tail">True to follow the log until the platform ends the stream.</param>
/// <param name="dyno">The one dyno whose lines are wanted; null for everything.</param>
internal sealed class LogSession(HerokuApi api, bool tail, string? dyno)
{
    /// <summary>The most lines that the platform keeps.</summary>
    public const int MostLines = 1500;

    private Uri? _url;

    /// <summary>The id of the last line that was read; null where the platform sends plain text, which has no ids.</summary>
    public string? LastId { get; private set; }

    /// <summary>Reads until the platform ends the stream. Read once more, it asks for what comes after the last line.</summary>
    /// <exception cref="HerokuException">No session, or its stream cannot be read.</exception>
    /// <exception cref="IOException">The stream broke off.</exception>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _url ??= await CreateAsync(cancellationToken).ConfigureAwait(false);
        using var response = await OpenAsync(_url, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType == StreamForms.Events)
        {
            var events = SseParser.Create(stream);
            await foreach (var one in events.EnumerateAsync(cancellationToken).ConfigureAwait(false))
            {
                LastId = events.LastEventId is { Length: > 0 } id ? id : null;
                yield return one.Data;
            }

            yield break;
        }

        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return line;
        }
    }

    private async ValueTask<Uri> CreateAsync(CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["lines"] = MostLines, ["tail"] = tail };
        if (dyno is not null)
        {
            body["dyno"] = dyno;
        }

        // A session that nobody reads is forgotten after some minutes, so one too many does no harm.
        var session = await api.SendAsync(HttpMethod.Post, api.Of("log-sessions"), body, AnswerJson.Default.LogSessionInfo, true, cancellationToken).ConfigureAwait(false);
        return Uri.TryCreate(session.LogplexUrl, UriKind.Absolute, out var url)
            ? url
            : throw new HerokuException($"POST {api.Of("log-sessions")} answered without the address of the log.");
    }

    private async Task<HttpResponseMessage> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        // The address is the secret: no key goes there, and it goes into no message.
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        StreamForms.PreferEvents(request, LastId);
        HttpResponseMessage response;
        try
        {
            response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Polly.ExecutionRejectedException)
        {
            throw new HerokuException($"The log stream of {api.App} at {url.Host} gave no answer: {e.Message}", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new HerokuException(
                $"The log stream of {api.App} at {url.Host} answered {(int)response.StatusCode}{(response.StatusCode == HttpStatusCode.NotFound ? ": the session has expired" : string.Empty)}.")
            {
                StatusCode = response.StatusCode,
            };
        }
    }
}

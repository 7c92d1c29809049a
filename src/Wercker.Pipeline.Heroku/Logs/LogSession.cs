using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>One reading of an app's log: what is in its buffer, and, with a tail, what comes.</summary>
internal static class LogSession
{
    /// <summary>The most lines that the platform keeps.</summary>
    public const int MostLines = 1500;

    /// <summary>Opens a session and reads its lines until the platform closes it.</summary>
    /// <exception cref="HerokuException">No session, or its stream cannot be read.</exception>
    /// <exception cref="IOException">The stream broke off.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(HerokuApi api, bool tail, string? dyno, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["lines"] = MostLines, ["tail"] = tail };
        if (dyno is not null)
        {
            body["dyno"] = dyno;
        }

        // A session that nobody reads is forgotten after some minutes, so one too many does no harm.
        var session = await api.SendAsync(HttpMethod.Post, api.Of("log-sessions"), body, AnswerJson.Default.LogSessionInfo, true, cancellationToken).ConfigureAwait(false);
        if (!Uri.TryCreate(session.LogplexUrl, UriKind.Absolute, out var url))
        {
            throw new HerokuException($"POST {api.Of("log-sessions")} answered without the address of the log.");
        }

        using var response = await OpenAsync(api, url, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(stream);
        var isEvents = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (!isEvents)
            {
                yield return line;
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                yield return line.AsSpan(5).StartsWith(" ", StringComparison.Ordinal) ? line[6..] : line[5..];
            }
        }
    }

    private static async Task<HttpResponseMessage> OpenAsync(HerokuApi api, Uri url, CancellationToken cancellationToken)
    {
        // The address is the secret: no key goes there, and it goes into no message.
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Accept.ParseAdd("text/plain;q=0.9");
        request.Headers.Accept.ParseAdd("*/*;q=0.5");
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

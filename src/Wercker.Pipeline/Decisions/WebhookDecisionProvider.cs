using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Decisions;

/// <summary>Asks another system over HTTP: a chat bot, a ticket system, a page of your own.</summary>
/// <remarks>
/// <para>
/// The question is posted as JSON, with its id as Idempotency-Key: after a restart the same question comes again. The answer is the body of the response
/// (200), or of a later one to GET of the address that the response names (202 with Location), or what your web application hands to <see cref="Receive"/>.
/// </para>
/// <para>
/// Both ways carry the header X-Wercker-Signature: "sha256=" and the HMAC-SHA256 of the body under the shared secret, in hexadecimal digits. An answer without
/// the right one does not count. What cannot be reached, or says 429 or 5xx, is asked again until the question is due.
/// </para>
/// </remarks>
public sealed class WebhookDecisionProvider : IDecisionProvider
{
    /// <summary>The header that proves who wrote a body.</summary>
    public const string SignatureHeader = BodySignature.Header;

    private const int MaxAnswer = 64 * 1024;
    private readonly ConcurrentDictionary<string, (DecisionRequest Request, TaskCompletionSource<Decision> Answer)> _open = new(StringComparer.Ordinal);
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly byte[] _secret;
    private readonly TimeProvider _clock;

    /// <summary>Makes the provider; contacts nobody.</summary>
    /// <param name="http">The client; the caller disposes it.</param>
    /// <param name="url">Where questions are posted.</param>
    /// <param name="secret">What both sides know, 16 characters at least.</param>
    /// <param name="timeProvider">The clock of the pauses; the system's by default.</param>
    /// <exception cref="ConfigurationException">The address is not http or https, or the secret is too short.</exception>
    public WebhookDecisionProvider(HttpClient http, Uri url, Secret secret, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(secret);
        _url = url is { IsAbsoluteUri: true, Scheme: "http" or "https" } ? url : throw new ConfigurationException($"The webhook for decisions is '{url}': it must be an http or https address.");
        _secret = BodySignature.Key(secret, "The secret of the webhook for decisions");
        _http = http;
        _clock = timeProvider ?? TimeProvider.System;
    }

    /// <summary>How long to wait between two looks for the answer, and before what failed is tried again. Default: 2 seconds.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The signature of a body, as <see cref="SignatureHeader"/> carries it.</summary>
    /// <param name="body">The body, byte by byte.</param>
    /// <returns>"sha256=" and 64 hexadecimal digits.</returns>
    public string Sign(ReadOnlySpan<byte> body) => BodySignature.Of(body, _secret);

    /// <summary>Takes an answer that came to your own web application.</summary>
    /// <param name="body">The body of its request: {"id": "...", "choice": "retry", "by": "ann", "reason": "..."}.</param>
    /// <param name="signature">Its header <see cref="SignatureHeader"/>; null when it has none.</param>
    /// <returns>Null when the answer counts; else why it does not, to be given back with status 400.</returns>
    public string? Receive(ReadOnlySpan<byte> body, string? signature)
    {
        if (!BodySignature.Proves(signature, body, _secret))
        {
            return "The signature is missing or wrong.";
        }

        string? fault = "No question is open that it answers.";
        foreach (var (request, answer) in _open.Values)
        {
            try
            {
                var decision = DecisionAnswer.Read(body, request, needsId: true);
                return answer.TrySetResult(decision) ? null : "The question is answered already.";
            }
            catch (InvalidDataException e)
            {
                fault = $"The answer does not count: {e.Message}.";
            }
        }

        return fault;
    }

    /// <inheritdoc />
    public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var called = new TaskCompletionSource<Decision>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[request.Id] = (request, called);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = AskAsync(request, over.Token);
        try
        {
            return await (await Task.WhenAny(called.Task.WaitAsync(cancellationToken), asked).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            _open.TryRemove(request.Id, out _);
            await over.CancelAsync().ConfigureAwait(false);
            await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Decision> AskAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        Uri? look = null;
        while (true)
        {
            try
            {
                using var message = look is null ? Post(request) : new HttpRequestMessage(HttpMethod.Get, look);
                using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
                switch (response.StatusCode)
                {
                    case HttpStatusCode.OK when await ReadAsync(response, request, cancellationToken).ConfigureAwait(false) is { } decision:
                        return decision;
                    case HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted or HttpStatusCode.NoContent:
                        look ??= LookAt(response);
                        if (look is null)
                        {
                            // It will call back.
                            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken).ConfigureAwait(false);
                        }

                        break;
                    case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                        break;
                    default:
                        throw new InvalidOperationException($"The webhook {_url.GetLeftPart(UriPartial.Authority)} said {(int)response.StatusCode} to the question {request.Id}.");
                }
            }
            catch (HttpRequestException)
            {
                // Nobody there: perhaps in a moment.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The client's own timeout.
            }

            await Task.Delay(Pause, _clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage Post(DecisionRequest request)
    {
        var body = DecisionAnswer.Write(request);
        var message = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } } };
        message.Headers.Add(SignatureHeader, Sign(body));
        message.Headers.Add("Idempotency-Key", request.Id);
        return message;
    }

    /// <summary>Only the same host is asked again: an answer must not send the pipeline to another one.</summary>
    private Uri? LookAt(HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location)
        {
            return null;
        }

        var look = new Uri(_url, location);
        return Uri.Compare(look, _url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? look
            : throw new InvalidOperationException($"The webhook {_url.GetLeftPart(UriPartial.Authority)} sends to another host for the answer, {look.GetLeftPart(UriPartial.Authority)}: it must stay on its own.");
    }

    /// <summary>Null when there is no answer yet.</summary>
    private async ValueTask<Decision?> ReadAsync(HttpResponseMessage response, DecisionRequest request, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var body = new byte[MaxAnswer];
            var length = await stream.ReadAtLeastAsync(body, MaxAnswer, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length == 0)
            {
                return null;
            }

            var signature = response.Headers.TryGetValues(SignatureHeader, out var values) ? values.FirstOrDefault() : null;
            return BodySignature.Proves(signature, body.AsSpan(0, length), _secret)
                ? DecisionAnswer.Read(body.AsSpan(0, length), request)
                : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The answer of the webhook {_url.GetLeftPart(UriPartial.Authority)} has no right {SignatureHeader}: it does not know the secret."));
        }
    }
}

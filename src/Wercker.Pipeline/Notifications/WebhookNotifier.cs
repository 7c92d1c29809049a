using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Notifications;

/// <summary>Posts notifications as JSON to an address, in a body of its own, or in one that Slack or Teams understands.</summary>
/// <remarks>
/// What cannot be reached, or says 408, 429 or 5xx, is tried again up to five times, after 1, 2, 4, 8 and 16 seconds or what Retry-After asks for (a minute at most). Every
/// try carries the notification's id as Idempotency-Key. The addresses of Slack and Teams are secrets, so no message shows more than the host.
/// </remarks>
internal sealed class WebhookNotifier : IDeployNotifier
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly Func<DeployNotification, byte[]> _body;
    private readonly byte[]? _secret;
    private readonly ResiliencePipeline<HttpResponseMessage> _tries;

    /// <summary>Makes the notifier; contacts nobody.</summary>
    /// <param name="http">The client; the caller disposes it.</param>
    /// <param name="name">Who is told.</param>
    /// <param name="url">The address.</param>
    /// <param name="secret">What bodies are signed with; null for no signature.</param>
    /// <param name="body">Writes the body.</param>
    /// <param name="timeProvider">The clock of the pauses; the system's by default.</param>
    /// <exception cref="ConfigurationException">The address is not http or https, or the secret is too short.</exception>
    public WebhookNotifier(HttpClient http, string name, Secret url, Secret? secret, Func<DeployNotification, byte[]> body, TimeProvider? timeProvider)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(url);
        _http = http;
        _body = body;
        _secret = secret is null ? null : BodySignature.Key(secret, "The secret of the webhook for notifications");
        _url = Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new ConfigurationException($"The address of {name} is no http or https address. It is not shown here, because it may be a secret.");
        Name = $"{name} at {_url.Host}";
        _tries = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = timeProvider ?? TimeProvider.System }.AddRetry(Retry()).Build();
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    /// <exception cref="HttpRequestException">It was not delivered; the message has the answer's status.</exception>
    public async ValueTask NotifyAsync(DeployNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var body = _body(notification);
        using var response = await _tries.ExecuteAsync(async token => await _http.SendAsync(Post(notification, body), HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{_url.Host} said {(int)response.StatusCode} ({response.ReasonPhrase}).", null, response.StatusCode);
        }
    }

    private HttpRequestMessage Post(DeployNotification notification, byte[] body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } } };
        message.Headers.Add("Idempotency-Key", notification.Id);
        if (_secret is not null)
        {
            message.Headers.Add(BodySignature.Header, BodySignature.Of(body, _secret));
        }

        return message;
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry() => new()
    {
        MaxRetryAttempts = 5,
        Delay = TimeSpan.FromSeconds(1),
        BackoffType = DelayBackoffType.Exponential,
        ShouldHandle = one => ValueTask.FromResult(one.Outcome switch
        {
            { Exception: HttpRequestException } => true,

            // The client's own timeout; the caller's cancellation ends the tries by itself.
            { Exception: OperationCanceledException } => !one.Context.CancellationToken.IsCancellationRequested,
            { Result: { } response } => response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
            _ => false,
        }),
        DelayGenerator = one => ValueTask.FromResult(one.Outcome.Result?.Headers.RetryAfter?.Delta is { } asked ? (TimeSpan?)(asked < LongestPause ? asked : LongestPause) : null),
    };
}

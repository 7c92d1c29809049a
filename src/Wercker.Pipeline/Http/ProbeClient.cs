using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Wercker.Pipeline.Http;

/// <summary>Sends one request and follows its redirects. Headers of the test go only to the host that they are meant for.</summary>
internal sealed class ProbeClient : IDisposable
{
    private const int LongestBody = 1024 * 1024;
    private const int MostRedirects = 5;
    private const string TooLarge = "only the first megabyte of the body was read";
    private readonly Func<string, string> _mask;
    private readonly HttpTestRules _rules;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private DateTimeOffset? _certificateUntil;
    private string? _certificateFault;

    /// <param name="rules">What to send.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="mask">Hides secrets in what is shown of an answer.</param>
    public ProbeClient(HttpTestRules rules, TimeProvider clock, Func<string, string> mask)
    {
        _mask = mask;
        _rules = rules;
        _clock = clock;
        _client = rules.Client ?? new HttpClient(Handler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <exception cref="NoAnswerException">Nobody answered.</exception>
    public async ValueTask<Answer> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        var start = _clock.GetTimestamp();
        using var timeout = new CancellationTokenSource(_rules.Timeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            for (var (at, redirects) = (url, 0); ; redirects++)
            {
                using var request = RequestOf(at);
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
                if (redirects < MostRedirects && RedirectOf(response, at) is { } next)
                {
                    at = next;
                    continue;
                }

                var (body, cut) = await ReadAsync(response.Content, linked.Token, cancellationToken).ConfigureAwait(false);
                return new Answer
                {
                    Status = (int)response.StatusCode,
                    Headers = HeadersOf(response),
                    Body = body,
                    Cut = cut,
                    IsLarge = cut == TooLarge,
                    Elapsed = _clock.GetElapsedTime(start),
                    CertificateUntil = _certificateUntil,
                    Mask = _mask,
                };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoAnswerException($"no answer within {DurationText.Of(_rules.Timeout)}");
        }
        catch (HttpRequestException e)
        {
            throw new NoAnswerException(WordsOf(e));
        }
    }

    public void Dispose()
    {
        if (_rules.Client is null)
        {
            _client.Dispose();
        }
    }

    /// <summary>A connection for every request: one that is kept would always meet the same instance, the old one too.</summary>
    private SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = PolicyOf(_rules.Authority), RemoteCertificateValidationCallback = Remember },
    };

    private static X509ChainPolicy? PolicyOf(X509Certificate2? authority) => authority is null
        ? null
        : new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } };

    private bool Remember(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _certificateUntil = certificate is X509Certificate2 full ? new DateTimeOffset(full.NotAfter) : null;
        _certificateFault = errors == SslPolicyErrors.None ? null
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is not null ? string.Join(", ", chain.ChainStatus.Select(status => status.Status))
            : errors.ToString();
        return errors == SslPolicyErrors.None;
    }

    private HttpRequestMessage RequestOf(Uri url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        request.Headers.ConnectionClose = true;
        if (HttpTestRules.IsSameOrigin(url, _rules.Url!))
        {
            foreach (var header in _rules.Headers)
            {
                request.Headers.Remove(header.Name);
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        return request;
    }

    /// <summary>Where a redirect leads; null when the answer is none, is expected, or would leave https.</summary>
    private Uri? RedirectOf(HttpResponseMessage response, Uri from) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
        && !_rules.Statuses.Contains((int)response.StatusCode)
        && response.Headers.Location is { } location
        && Uri.TryCreate(from, location, out var to)
        && (to.Scheme == "https" || (to.Scheme == "http" && from.Scheme == "http"))
            ? to
            : null;

    private async ValueTask<(string Body, string? Cut)> ReadAsync(HttpContent content, CancellationToken linked, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        string? cut = null;
        try
        {
            // The response owns the stream.
            var stream = await content.ReadAsStreamAsync(linked).ConfigureAwait(false);
            var buffer = new byte[16 * 1024];
            for (int count; cut is null && (count = await stream.ReadAsync(buffer, linked).ConfigureAwait(false)) > 0;)
            {
                body.Write(buffer, 0, (int)Math.Min(count, LongestBody - body.Length));
                cut = body.Length < LongestBody ? null : TooLarge;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            cut = $"the body did not end within {DurationText.Of(_rules.Timeout)}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            cut = "the body broke off";
        }

        return (Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), cut);
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            headers[name] = string.Join(", ", values);
        }

        return headers;
    }

    private string WordsOf(HttpRequestException e) => e switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => "the name is not resolved",
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "connection refused",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => _certificateFault is { } fault ? $"the certificate is not accepted ({fault})" : $"no secure connection: {e.InnerException?.Message ?? e.Message}",
        { InnerException: IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } } } => "connection reset",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection ended without an answer",
        _ => e.Message,
    };
}

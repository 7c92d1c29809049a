using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Wercker.Pipeline.Loggly.Api;

/// <summary>Asks Loggly, and turns whatever is no answer into a sentence.</summary>
internal sealed class LogglyApi(HttpClient http, Uri address, AuthenticationHeaderValue credentials)
{
    private const int ShownBody = 200;

    /// <summary>A token wins over a user.</summary>
    /// <exception cref="ConfigurationException">There is neither.</exception>
    public static AuthenticationHeaderValue Authorize(LogglyOptions options) => options switch
    {
        { Token: { } token, Legacy: false } => new AuthenticationHeaderValue("bearer", token.Reveal()),
        { User: { } user, Password: { } password } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}"))),
        { Legacy: true } => throw new ConfigurationException("Loggly: the first generation of the API needs a user and a password."),
        _ => throw new ConfigurationException("Loggly: there is no API token. Make one in Loggly under Source Setup, API Tokens; the customer token, with which an application sends, cannot read."),
    };

    /// <summary>Asks for a path of the account.</summary>
    public Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken) => GetAsync(new Uri(address, path), cancellationToken);

    /// <summary>Follows a link of an answer. The credentials go only to where they came from.</summary>
    /// <exception cref="LogglyException">The link leads elsewhere.</exception>
    public Task<JsonDocument> FollowAsync(string link, string path, CancellationToken cancellationToken) =>
        Uri.TryCreate(address, link, out var next)
        && next.Scheme == address.Scheme && next.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase) && next.Port == address.Port
        && next.UserInfo.Length == 0 && next.AbsolutePath.StartsWith(new Uri(address, path).AbsolutePath, StringComparison.Ordinal)
            ? GetAsync(next, cancellationToken)
            : throw new LogglyException($"Loggly's link to the next page leads away from {address}. It was not followed, for the token would have gone there.");

    private async Task<JsonDocument> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        var where = url.GetLeftPart(UriPartial.Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = credentials;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new LogglyException(await DescribeAsync(where, response, cancellationToken).ConfigureAwait(false));
            }

            if (response.Content.Headers.ContentType?.MediaType is { } type && type.Contains("html", StringComparison.OrdinalIgnoreCase))
            {
                throw new LogglyException($"{where} answered with a web page instead of data. Check the domain, and proxies on the way.");
            }

            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                return await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (JsonException e)
        {
            throw new LogglyException($"{where} answered with JSON that is broken or cut off: {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Polly.Timeout.TimeoutRejectedException)
        {
            throw new LogglyException($"{where} does not answer: {e.Message}", e);
        }
    }

    private static async Task<string> DescribeAsync(string where, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var advice = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => " The credentials are refused: an API token is needed; the customer token, with which an application sends, cannot read.",
            HttpStatusCode.Forbidden => " The token may not read this account.",
            HttpStatusCode.NotFound => " Check the domain, and which generation of the API the account has.",
            HttpStatusCode.BadRequest => " Check the query.",
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => " The account's limit of requests may be reached.",
            _ => string.Empty,
        };
        return $"{where} answered {(int)response.StatusCode} {response.StatusCode}{MessageOf(body)}.{advice}";
    }

    private static string MessageOf(string body)
    {
        var text = body.Trim();
        try
        {
            using var json = JsonDocument.Parse(text);
            text = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message) ? message.ToString() : text;
        }
        catch (JsonException)
        {
            text = text.StartsWith('<') ? "a web page" : text;
        }

        return text.Length == 0 ? string.Empty : $": {(text.Length > ShownBody ? string.Concat(text.AsSpan(0, ShownBody), "…") : text).TrimEnd('.')}";
    }
}

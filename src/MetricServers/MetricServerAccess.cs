using System.Net.Http.Headers;
using System.Text;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>Where a server of metrics is, who asks it, and how much of an answer is waited for and taken.</summary>
internal sealed class MetricServerAccess
{
    private readonly Uri _url;
    private readonly Secret[] _secrets;

    /// <param name="url">The root of its API.</param>
    /// <param name="user">The user of basic authentication; null for none.</param>
    /// <param name="password">The password that goes with it.</param>
    /// <param name="token">A bearer token; null for none.</param>
    /// <exception cref="ConfigurationException">These do not go together.</exception>
    public MetricServerAccess(Uri url, string? user, Secret? password, Secret? token)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0)
        {
            throw new ConfigurationException("The address of the metric server must be an http or https address without user, password or query in it.");
        }

        if ((user is null) != (password is null) || (user is not null && token is not null))
        {
            throw new ConfigurationException($"The credentials for {url.Host} do not go together: set a user and a password, or a token, or none of them.");
        }

        _url = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        var basic = user is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password!.Reveal()}"));
        Credentials = basic is not null ? new AuthenticationHeaderValue("Basic", basic) : token is not null ? new AuthenticationHeaderValue("Bearer", token.Reveal()) : null;
        _secrets = [.. new[] { basic is null ? null : new Secret(basic), password, token }.OfType<Secret>().Where(secret => secret.Reveal().Length > 0)];
    }

    public AuthenticationHeaderValue? Credentials { get; }

    /// <summary>For a whole question, repetitions and reading included.</summary>
    public required TimeSpan Timeout { get; init; }

    public required long MaximumBytes { get; init; }

    /// <summary>Host and port as in the address.</summary>
    public string Host => _url.Authority;

    public Uri UrlOf(string path) => new(_url, path);

    /// <summary>A page of the server may repeat what it was sent.</summary>
    public string Masked(string text) => _secrets.Aggregate(text, (masked, secret) => masked.Replace(secret.Reveal(), Secret.Mask, StringComparison.Ordinal));
}

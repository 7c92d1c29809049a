using System.Net.Security;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku;

/// <summary>Makes the HTTP client of a <see cref="HerokuTarget"/>, where no container makes it.</summary>
public static class HerokuHttpClient
{
    /// <summary>
    /// Makes a client that repeats requests without effect, or whose effect does not add up, up to four times when the network or
    /// the platform fails; all others are sent once. Keep it: it serves all deployments of a process.
    /// </summary>
    /// <param name="caFile">A PEM file of certificate authorities that are trusted instead of the system's; null for the system's.</param>
    /// <param name="timeProvider">The clock of pauses; null for the system's.</param>
    /// <returns>The client; the caller disposes it.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read, or holds no certificate.</exception>
    public static HttpClient Create(string? caFile = null, TimeProvider? timeProvider = null)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = timeProvider ?? TimeProvider.System };
        HttpResilience.Configure(builder);
        return new HttpClient(new ResilienceHandler(builder.Build()) { InnerHandler = Primary(caFile) }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    internal static SocketsHttpHandler Primary(string? caFile)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(20) };
        if (CertificateTrust.Of(caFile).ToPolicy() is { } policy)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }
}

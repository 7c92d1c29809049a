using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Wercker.Pipeline.Loggly;

/// <summary>Makes the HTTP client of a <see cref="LogglyLogSource"/>, where no container makes it.</summary>
public static class LogglyHttpClient
{
    private const int Repetitions = 4;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Makes a client that asks again, up to four times, when the network fails or Loggly says that a moment later may do: 429, 503, 504, and
    /// 500 when it is about a timeout. It waits as long as Retry-After says. Keep it: it serves all deployments of a process.
    /// </summary>
    /// <param name="timeProvider">The clock of pauses; null for the system's.</param>
    /// <returns>The client; the caller disposes it.</returns>
    public static HttpClient Create(TimeProvider? timeProvider = null)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = timeProvider ?? TimeProvider.System };
        Configure(builder);
        return new HttpClient(new ResilienceHandler(builder.Build()) { InnerHandler = Primary() }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    // A redirect could lead the token elsewhere.
    internal static SocketsHttpHandler Primary() =>
        new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(20), AllowAutoRedirect = false };

    internal static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder) => builder
        .AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = Repetitions,
            Delay = TimeSpan.FromMilliseconds(500),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static arguments => IsPassingAsync(arguments.Outcome, arguments.Context.CancellationToken),
        })
        .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = AttemptTimeout });

    private static async ValueTask<bool> IsPassingAsync(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken)
    {
        if (outcome.Result is not { } response)
        {
            return outcome.Exception is HttpRequestException or Polly.Timeout.TimeoutRejectedException;
        }

        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
        {
            return true;
        }

        if (response.StatusCode != HttpStatusCode.InternalServerError)
        {
            return false;
        }

        await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return body.Contains("timeout", StringComparison.OrdinalIgnoreCase) || body.Contains("timed out", StringComparison.OrdinalIgnoreCase);
    }
}

using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Graphite;

/// <summary>Makes the HTTP client of a <see cref="GraphiteMetricSource"/>, where no container makes it.</summary>
public static class GraphiteHttpClient
{
    /// <summary>
    /// Makes a client that repeats questions up to three times when the network, a proxy or the server fails, and follows no redirect, so that
    /// credentials reach no other host. Keep it: it serves all sources of a process.
    /// </summary>
    /// <param name="timeProvider">The clock of pauses; null for the system's.</param>
    /// <returns>The client; the caller disposes it.</returns>
    public static HttpClient Create(TimeProvider? timeProvider = null) => MetricServerHttp.Create(timeProvider ?? TimeProvider.System);
}

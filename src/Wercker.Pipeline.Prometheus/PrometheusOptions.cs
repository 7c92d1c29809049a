using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Prometheus;

/// <summary>Where Prometheus is, who asks it, and how densely. Only the address has no default.</summary>
public sealed record PrometheusOptions
{
    /// <summary>The root of the server, without /api/v1: https://prometheus.example.com. Whatever speaks its query API will do: Thanos, Mimir, VictoriaMetrics.</summary>
    public required Uri Url { get; init; }

    /// <summary>The user of basic authentication; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public Secret? Password { get; init; }

    /// <summary>A bearer token, instead of a user and a password; null for none.</summary>
    public Secret? Token { get; init; }

    /// <summary>
    /// The time between two points of a computed expression; best the scrape interval, for closer points repeat each other. It grows where
    /// the window would hold more than the 11,000 points that Prometheus gives. Series that are only selected come as they were scraped. Default: 15 seconds.
    /// </summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one question may take, repetitions and reading the answer included. Default: one minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an answer may be, in bytes. Default: 512 MiB.</summary>
    public long MaximumAnswerBytes { get; init; } = 512L * 1024 * 1024;
}

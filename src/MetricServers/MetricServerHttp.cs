using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>How servers of metrics are talked to: questions are repeated, redirects are not followed.</summary>
internal static class MetricServerHttp
{
    /// <summary>Set on requests that change nothing, whatever their method is.</summary>
    public static readonly HttpRequestOptionsKey<bool> Question = new("wercker.question");

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(20);

    public static HttpClient Create(TimeProvider clock)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        Configure(builder);
        return new HttpClient(new ResilienceHandler(builder.Build()) { InnerHandler = Primary() }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Redirects are refused, so that credentials reach the host they are for and no other.</summary>
    public static SocketsHttpHandler Primary() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    // 500 is what Graphite says to an expression that it cannot compute, and that stays so; but also while carbon makes a metric's file, and that
    // is over a moment later. Asking a few times more costs two seconds; not asking again would cost a deployment.
    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder) => builder
        .AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(250),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static arguments => ValueTask.FromResult(
                arguments.Context.GetRequestMessage()?.Options.TryGetValue(Question, out var question) == true && question && HttpClientResiliencePredicates.IsTransient(arguments.Outcome)),
        })
        .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = AttemptTimeout });
}

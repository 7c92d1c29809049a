using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Wercker.Pipeline.Heroku.Api;

/// <summary>Repeats what may be repeated when the network or the platform hiccups. What may have had an effect is never sent twice.</summary>
internal static class HttpResilience
{
    private const int Repetitions = 4;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);

    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder) => builder
        .AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = Repetitions,
            Delay = TimeSpan.FromMilliseconds(400),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static arguments => ValueTask.FromResult(MayRepeat(arguments.Context.GetRequestMessage()) && IsHiccup(arguments.Outcome)),
        })
        .AddTimeout(new HttpTimeoutStrategyOptions
        {
            // Until the headers are there. An upload has none until it is through, however long that takes.
            TimeoutGenerator = static arguments => ValueTask.FromResult(
                arguments.Context.GetRequestMessage()?.Method == HttpMethod.Put ? Timeout.InfiniteTimeSpan : AttemptTimeout),
        });

    private static bool MayRepeat(HttpRequestMessage? request) => request is not null
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head
            || (request.Options.TryGetValue(HerokuApi.Repeatable, out var repeatable) && repeatable));

    // 429 is not here: the budget of the key knows better when to come back.
    private static bool IsHiccup(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests && HttpClientResiliencePredicates.IsTransient(outcome);
}

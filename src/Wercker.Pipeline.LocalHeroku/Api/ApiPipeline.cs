using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>What is common to all endpoints: who asks, may they, how often, and how answers and errors are written.</summary>
internal sealed class ApiPipeline(LocalPlatform platform, IEndpointRouteBuilder routes)
{
    private const string RateLimitText = "Your account reached the API rate limit\nPlease wait a few minutes before making new requests";
    private const string RateLimitUrl = "https://devcenter.heroku.com/articles/platform-api-reference#rate-limits";

    public RateLimit Limit { get; } = new(platform.Time);

    public void Map(string method, string pattern, Func<ApiCall, Task<ApiAnswer>> endpoint) =>
        routes.MapMethods(pattern, [method], context => RunAsync(context, endpoint));

    public void Map(string method, string pattern, Func<ApiCall, ApiAnswer> endpoint) =>
        Map(method, pattern, call => Task.FromResult(endpoint(call)));

    /// <summary>For addresses that are secrets themselves, and for what is not JSON.</summary>
    public void MapRaw(string method, string pattern, Func<HttpContext, Task> endpoint) =>
        routes.MapMethods(pattern, [method], context => endpoint(context));

    public void MapFallback() => routes.MapFallback("{**path}", context =>
        RunAsync(context, static _ => throw new ApiException(404, "not_found", "There is no such endpoint, or not for this method.")));

    private async Task RunAsync(HttpContext context, Func<ApiCall, Task<ApiAnswer>> endpoint)
    {
        HttpResponse response = context.Response;
        response.Headers["Request-Id"] = RequestId(context.Request);
        response.Headers.CacheControl = "private, no-cache";
        ApiAnswer answer;
        Spoil spoil = IsAimedAt(context) ? platform.Faults.DrawSpoil() : Spoil.None;
        if (spoil == Spoil.Reset)
        {
            context.Abort();
            return;
        }

        try
        {
            Authorize(context, spoil);
            answer = await endpoint(new ApiCall(platform, context)).ConfigureAwait(false);
            if (spoil is Spoil.ResetAfter or Spoil.Hang)
            {
                await HangUpAsync(context, spoil).ConfigureAwait(false);
                return;
            }

            if (spoil == Spoil.LoseAnswer || (IsAimedAt(context) && platform.Faults.Take(Fault.LoseAnswers)))
            {
                throw new ApiException(503, "service_unavailable", "The answer was lost by a fault switch.");
            }

            if (answer.Ranges is { } fields)
            {
                answer = Cut(context, answer, fields);
            }
        }
        catch (ApiException e)
        {
            answer = new ApiAnswer(e.Status, new JsonObject { ["id"] = e.Id, ["message"] = e.Message });
            if (e.Url is not null)
            {
                answer.Body!["url"] = e.Url;
            }
        }

        response.Headers["RateLimit-Remaining"] = Limit.Remaining.ToString(CultureInfo.InvariantCulture);
        await WriteAsync(context, answer).ConfigureAwait(false);
    }

    private async Task HangUpAsync(HttpContext context, Spoil spoil)
    {
        try
        {
            await Task.Delay(spoil == Spoil.Hang ? platform.Faults.SpoilHang : TimeSpan.Zero, platform.Time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has lost its patience first.
        }

        context.Abort();
    }

    private void Authorize(HttpContext context, Spoil spoil)
    {
        HttpRequest request = context.Request;
        if (!Credentials.AreValid(platform, request))
        {
            throw new ApiException(401, "unauthorized", "Invalid credentials provided.");
        }

        if (request.Path.StartsWithSegments("/_local"))
        {
            return;
        }

        if (!request.Headers.Accept.ToString().Contains("application/vnd.heroku+json; version=3", StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(406, "not_acceptable", "The Accept header has to name application/vnd.heroku+json; version=3.");
        }

        if (!request.Path.Equals("/account/rate-limits", StringComparison.Ordinal)
            && (!Limit.TryTake() || spoil == Spoil.RateLimit || (IsAimedAt(context) && platform.Faults.Take(Fault.RateLimitRequests))))
        {
            throw new ApiException(429, "rate_limit", RateLimitText) { Url = RateLimitUrl };
        }

        CheckAccount(request);
        if (spoil == Spoil.Fail || (IsAimedAt(context) && platform.Faults.Take(Fault.FailRequests)))
        {
            throw new ApiException(500, "internal_server_error", "Failed by a fault switch.");
        }
    }

    private void CheckAccount(HttpRequest request)
    {
        if (platform.Faults.RequireTwoFactor && request.Headers["Heroku-Two-Factor-Code"] != "123456")
        {
            throw new ApiException(403, "two_factor", "A second authentication factor or pre-authorization is required for this request.");
        }

        bool reads = HttpMethods.IsGet(request.Method);
        if (platform.Faults.SuspendAccount && !(reads && request.Path == "/account"))
        {
            throw new ApiException(403, "suspended", "Your account has been suspended.");
        }

        if (platform.Faults.DelinquentAccount && !reads)
        {
            throw new ApiException(402, "delinquent", "Your account has an unpaid balance.");
        }
    }

    private bool IsAimedAt(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/_local")
        && $"{context.Request.Method} {context.Request.Path}".Contains(platform.Faults.RequestFilter, StringComparison.Ordinal);

    private static ApiAnswer Cut(HttpContext context, ApiAnswer answer, IReadOnlyList<string> fields)
    {
        (JsonArray items, string? next, string content) = ListRange.Parse(context.Request.Headers.Range.ToString(), fields).Cut((JsonArray)answer.Body!);
        context.Response.Headers.AcceptRanges = string.Join(", ", fields);
        context.Response.Headers.ContentRange = content;
        if (next is null)
        {
            return answer with { Body = items };
        }

        context.Response.Headers["Next-Range"] = next;
        return new ApiAnswer(206, items);
    }

    private static async Task WriteAsync(HttpContext context, ApiAnswer answer)
    {
        byte[] body = Encoding.UTF8.GetBytes(answer.Body?.ToJsonString() ?? "");
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\"";
        HttpResponse response = context.Response;
        response.Headers.ETag = tag;
        if (answer.Status == 200 && HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.IfNoneMatch == tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The id of this request, with the client's own in front when it sent one.</summary>
    private static string RequestId(HttpRequest request)
    {
        string own = Guid.NewGuid().ToString();
        string given = request.Headers["Request-Id"].ToString().Split(',')[0].Trim();
        return Guid.TryParse(given, out Guid id) ? $"{id},{own}" : own;
    }
}

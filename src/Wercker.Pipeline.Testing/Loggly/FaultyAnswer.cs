using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>An answer that is none.</summary>
internal sealed class FaultyAnswer(LogglyFault fault)
{
    private const string Page = "<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>";

    public Task WriteAsync(HttpContext http, JsonNode? answer)
    {
        switch (fault)
        {
            case LogglyFault.Timeout:
                return LogglyEndpoints.WriteAsync(http, 500, LogglyEndpoints.Message("search timeout"));
            case LogglyFault.InternalError:
                return LogglyEndpoints.WriteAsync(http, 500, LogglyEndpoints.Message("something broke"));
            case LogglyFault.Unavailable:
                return LogglyEndpoints.WriteAsync(http, 503, LogglyEndpoints.Message("too many requests for this account"));
            case LogglyFault.RetryLater:
                http.Response.Headers.RetryAfter = "1";
                return LogglyEndpoints.WriteAsync(http, 503, LogglyEndpoints.Message("too many requests for this account"));
            case LogglyFault.TooManyRequests:
                http.Response.Headers.RetryAfter = "1";
                return LogglyEndpoints.WriteAsync(http, 429, LogglyEndpoints.Message("slow down"));
            case LogglyFault.GatewayTimeout:
                return LogglyEndpoints.WriteAsync(http, 504, LogglyEndpoints.Message("gateway"));
            case LogglyFault.Silence:
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
            case LogglyFault.TruncatedJson:
                http.Response.ContentType = "application/json";
                var body = answer?.ToJsonString() ?? "{}";
                return http.Response.WriteAsync(body[..(body.Length / 2)]);
            default:
                http.Response.StatusCode = fault == LogglyFault.BadGateway ? 502 : 200;
                http.Response.ContentType = "text/html";
                return http.Response.WriteAsync(Page);
        }
    }
}

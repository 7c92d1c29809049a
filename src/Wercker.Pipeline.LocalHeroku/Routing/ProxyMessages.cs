using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Wercker.Pipeline.LocalHeroku.Routing;

/// <summary>Carries a request to a dyno and its answer back, bodies streamed, headers of one connection left out.</summary>
internal static class ProxyMessages
{
    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Host", "Expect",
    };

    public static HttpRequestMessage ToDyno(HttpRequest request, IPEndPoint address, string requestId, DateTimeOffset now)
    {
        string target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.StartsWith('/'))
        {
            target = request.Path + request.QueryString.Value;
        }

        var message = new HttpRequestMessage(
            new HttpMethod(request.Method),
            new Uri($"http://{address}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        bool hasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;
        if (hasBody)
        {
            message.Content = new StreamContent(request.Body);
        }

        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            if (!OfOneConnection.Contains(name) && !message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                message.Content ??= new ByteArrayContent([]);
                message.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        message.Headers.Host = request.Host.Value;
        message.Headers.TryAddWithoutValidation("X-Forwarded-For", request.HttpContext.Connection.RemoteIpAddress?.ToString());
        message.Headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);
        message.Headers.TryAddWithoutValidation("X-Forwarded-Port", request.HttpContext.Connection.LocalPort.ToString(CultureInfo.InvariantCulture));
        message.Headers.Remove("X-Request-Id");
        message.Headers.TryAddWithoutValidation("X-Request-Id", requestId);
        message.Headers.TryAddWithoutValidation("X-Request-Start", now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        message.Headers.TryAddWithoutValidation("Via", "1.1 local-heroku");
        return message;
    }

    /// <summary>Answers with the number of bytes in the body.</summary>
    public static async Task<long> ToClientAsync(HttpResponseMessage response, HttpContext context)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!OfOneConnection.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        context.Response.Headers.Append("Via", "1.1 local-heroku");
        long total = 0;
        byte[] buffer = new byte[32 * 1024];
        Stream body = await response.Content.ReadAsStreamAsync(context.RequestAborted).ConfigureAwait(false);
        int read;
        while ((read = await body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            total += read;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }

        return total;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Dynos;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Routing;

/// <summary>Hands requests to the web dynos of the app that the Host header names, and writes a line about each.</summary>
internal sealed class Router(LocalPlatform platform) : IDisposable
{
    private const string Suffix = ".localhost";

    private readonly HttpMessageInvoker _dynos = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // A dyno may end between two requests, so no connection outlives its request.
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    private int _turn;

    public async Task ServeAsync(HttpContext context)
    {
        if (FindApp(context.Request.Host.Host) is not { } app)
        {
            await WriteAsync(context, StatusCodes.Status404NotFound, ErrorPages.NoSuchApp).ConfigureAwait(false);
            return;
        }

        string id = RequestId(context.Request);
        var visit = new Visit(app, context, id);
        RouterOutcome? refusal = Refuse(app);
        Dyno? dyno = null;
        if (refusal is null)
        {
            (dyno, refusal) = await ChooseAsync(app, context.RequestAborted).ConfigureAwait(false);
        }

        if (refusal is not null)
        {
            visit.Log(refusal, dyno: null, connect: null, service: null);
            await WriteAsync(context, refusal.Status, refusal.Page).ConfigureAwait(false);
            return;
        }

        await ForwardAsync(visit, dyno!).ConfigureAwait(false);
    }

    public void Dispose() => _dynos.Dispose();

    private App? FindApp(string host)
    {
        if (host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
        {
            return platform.Apps.Find(host[..^Suffix.Length].ToLowerInvariant());
        }

        // A client that cannot resolve names below localhost still reaches an app that is alone.
        App[] all = [.. platform.Apps.All.Take(2)];
        return all.Length == 1 && host is "localhost" or "127.0.0.1" ? all[0] : null;
    }

    private RouterOutcome? Refuse(App app)
    {
        if (app.Maintenance)
        {
            return RouterOutcome.Maintenance;
        }

        if (platform.Faults.Take(Fault.TimeOutRequests))
        {
            return RouterOutcome.RequestTimeout;
        }

        return app.Releases.Current?.Slug is null ? RouterOutcome.Blank : null;
    }

    /// <summary>A dyno that is up; while all are only starting, the request waits for one.</summary>
    private async Task<(Dyno? Dyno, RouterOutcome? Refusal)> ChooseAsync(App app, CancellationToken aborted)
    {
        long start = platform.Time.GetTimestamp();
        while (true)
        {
            Task changed = app.Dynos.Changed;
            Dyno[] web = [.. app.Dynos.All.Where(d => d is { Type: "web", IsOneOff: false })];
            Dyno[] up = [.. web.Where(d => d is { State: Dyno.Up, Address: not null })];
            if (up.Length > 0)
            {
                return (up[(int)((uint)Interlocked.Increment(ref _turn) % up.Length)], null);
            }

            if (web.Length == 0 || Array.TrueForAll(web, d => d.State == Dyno.Down))
            {
                return (null, RouterOutcome.NoWebProcesses);
            }

            if (!Array.Exists(web, d => d.State == Dyno.Starting))
            {
                return (null, RouterOutcome.AppCrashed);
            }

            TimeSpan left = platform.Options.BootQueueTimeout - platform.Time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || aborted.IsCancellationRequested)
            {
                return (null, RouterOutcome.BootTimeout);
            }

            await Task.WhenAny(changed, Task.Delay(left, platform.Time, aborted)).ConfigureAwait(false);
        }
    }

    private async Task ForwardAsync(Visit visit, Dyno dyno)
    {
        HttpContext context = visit.Context;
        long start = platform.Time.GetTimestamp();
        int Elapsed() => (int)platform.Time.GetElapsedTime(start).TotalMilliseconds;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(platform.Options.RequestTimeout);
        bool answered = false;
        try
        {
            using HttpRequestMessage request = ProxyMessages.ToDyno(context.Request, dyno.Address!, visit.RequestId, platform.Time.GetUtcNow());
            using HttpResponseMessage response = await _dynos.SendAsync(request, patience.Token).ConfigureAwait(false);
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
            answered = true;
            long bytes = await ProxyMessages.ToClientAsync(response, context).ConfigureAwait(false);
            visit.LogAnswer(dyno, Elapsed(), (int)response.StatusCode, bytes);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            RouterOutcome outcome = Explain(e, context, answered);
            visit.Log(outcome, dyno, connect: 0, service: Elapsed());
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                await WriteAsync(context, outcome.Status, outcome.Page).ConfigureAwait(false);
            }
        }
    }

    private static RouterOutcome Explain(Exception e, HttpContext context, bool answered)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return RouterOutcome.ClientInterrupted;
        }

        if (answered)
        {
            return RouterOutcome.Interrupted;
        }

        return e switch
        {
            OperationCanceledException => RouterOutcome.RequestTimeout,
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => RouterOutcome.Refused,
            _ => RouterOutcome.ClosedWithoutResponse,
        };
    }

    private static async Task WriteAsync(HttpContext context, int status, string page)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["Server"] = "Local Heroku";
        await context.Response.WriteAsync(page).ConfigureAwait(false);
    }

    private static string RequestId(HttpRequest request)
    {
        string given = request.Headers["X-Request-Id"].ToString();
        return given.Length is >= 20 and <= 200 && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '/' or '=')
            ? given
            : Guid.NewGuid().ToString();
    }

    private sealed record Visit(App App, HttpContext Context, string RequestId)
    {
        private string Request =>
            $"method={Context.Request.Method} path=\"{Context.Features.Get<IHttpRequestFeature>()!.RawTarget}\" host={Context.Request.Host.Value} "
            + $"request_id={RequestId} fwd=\"{Context.Connection.RemoteIpAddress}\"";

        public void LogAnswer(Dyno dyno, int service, int status, long bytes) => App.Log.Append("heroku", "router", string.Create(
            CultureInfo.InvariantCulture,
            $"at=info {Request} dyno={dyno.Name} connect=0ms service={service}ms status={status} bytes={bytes} protocol=http"));

        public void Log(RouterOutcome outcome, Dyno? dyno, int? connect, int? service) => App.Log.Append("heroku", "router",
            $"at={outcome.Level} code={outcome.Code} desc=\"{outcome.Description}\" {Request} "
            + $"dyno={dyno?.Name} connect={Milliseconds(connect)} service={Milliseconds(service)} status={outcome.Status} bytes= protocol=http");

        private static string Milliseconds(int? value) => value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}ms") : "";
    }
}

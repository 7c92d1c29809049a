using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing.Loggly;

namespace Wercker.Pipeline.Testing;

/// <summary>
/// A double of Loggly on loopback: both generations of its API (/api/search; /apiv2/search with /apiv2/events, /apiv2/events/iterate,
/// /apiv2/events/count), the inputs to which applications send, tokens, cursors that expire, a lag of indexing, and faults on demand.
/// </summary>
/// <remarks>
/// Loggly cannot be installed, so this is built after its documentation. Queries may have words, "phrases", field:value, AND, OR, NOT, -,
/// parentheses, * and ?; everything else is answered with 400, as is every parameter that Loggly does not have.
/// </remarks>
public sealed class LogglyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogglyIndex _index;
    private readonly LogglyEndpoints _endpoints;

    private LogglyServer(WebApplication app, LogglyIndex index, LogglyEndpoints endpoints)
    {
        _app = app;
        _index = index;
        _endpoints = endpoints;
    }

    /// <summary>The server's address: http://127.0.0.1:PORT/.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>The API token, which reads.</summary>
    public string ApiToken { get; } = LogglyEndpoints.ApiToken;

    /// <summary>The customer token, with which applications send.</summary>
    public string CustomerToken { get; } = LogglyEndpoints.CustomerToken;

    /// <summary>The user of the first generation.</summary>
    public string User { get; } = LogglyEndpoints.User;

    /// <summary>The user's password.</summary>
    public string Password { get; } = LogglyEndpoints.Password;

    /// <summary>How long after it was sent an event can be found. Default: at once.</summary>
    public TimeSpan IndexingLag
    {
        get => _index.Lag;
        set => _index.Lag = value;
    }

    /// <summary>The largest page, below Loggly's own 1000, to have several pages of few events. Default: 1000.</summary>
    public int LargestPage
    {
        get => _endpoints.LargestPage;
        set => _endpoints.LargestPage = value;
    }

    /// <summary>Where links to next pages lead instead of here: a server that should not get the token. Default: null.</summary>
    public Uri? CursorAddress
    {
        get => _endpoints.CursorAddress;
        set => _endpoints.CursorAddress = value;
    }

    /// <summary>The requests so far, in order: "GET /apiv2/events/iterate?q=...". Without headers, so without credentials.</summary>
    public IReadOnlyList<string> Requests => [.. _endpoints.Requests];

    /// <summary>Starts a server on a free port.</summary>
    /// <param name="timeProvider">The clock of arrivals and cursors; null for the system's.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The server; disposing it stops it.</returns>
    public static async Task<LogglyServer> StartAsync(TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        var clock = timeProvider ?? TimeProvider.System;
        var index = new LogglyIndex(clock);
        var endpoints = new LogglyEndpoints(index, clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options =>
        {
            options.AddServerHeader = false;
            options.Listen(System.Net.IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        app.Run(endpoints.HandleAsync);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        return new LogglyServer(app, index, endpoints);
    }

    /// <summary>Puts events into the log as if they had been sent at their time, found at once.</summary>
    /// <param name="entries">The events: their time, their raw text, their host.</param>
    /// <returns>This server.</returns>
    public LogglyServer Add(params IReadOnlyList<LogEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var entry in entries)
        {
            _index.Add(new LogglyEvent(entry.At, entry.Message, entry.Origin, []), DateTimeOffset.MinValue);
        }

        return this;
    }

    /// <summary>Lets the next requests that read fail.</summary>
    /// <param name="fault">How.</param>
    /// <param name="times">How many of them; 1 or more.</param>
    /// <returns>This server.</returns>
    public LogglyServer Fail(LogglyFault fault, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _endpoints.Faults.Enqueue(fault);
        }

        return this;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>How a request to the <see cref="LogglyServer"/> can fail.</summary>
public enum LogglyFault
{
    /// <summary>500 with a message about a timeout, which may be asked again.</summary>
    Timeout,

    /// <summary>500 with another message, which may not.</summary>
    InternalError,

    /// <summary>503, as over the account's limit of requests.</summary>
    Unavailable,

    /// <summary>503 with Retry-After: 1.</summary>
    RetryLater,

    /// <summary>504.</summary>
    GatewayTimeout,

    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,

    /// <summary>No answer until the caller gives up.</summary>
    Silence,

    /// <summary>200 with half of the JSON.</summary>
    TruncatedJson,

    /// <summary>502 with a web page, as of a proxy.</summary>
    BadGateway,

    /// <summary>200 with a web page, as of a page for signing in.</summary>
    WebPage,
}

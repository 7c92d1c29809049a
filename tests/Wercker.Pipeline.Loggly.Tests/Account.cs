using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Loggly.Tests;

/// <summary>An account at a Loggly of the test's own.</summary>
internal sealed class Account : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private Account(LogglyServer server) => Server = server;

    public LogglyServer Server { get; }

    public HttpClient Http { get; } = LogglyHttpClient.Create();

    public static async Task<Account> OpenAsync(TimeProvider? clock = null) => new(await LogglyServer.StartAsync(clock));

    public Account Add(IReadOnlyList<LogEntry> entries)
    {
        Server.Add(entries);
        return this;
    }

    public LogglyLogSource Source(bool legacy = false) => new(Http, legacy
        ? new LogglyOptions { Url = Server.Url, User = Server.User, Password = new Secret(Server.Password), Legacy = true }
        : new LogglyOptions { Url = Server.Url, Token = new Secret(Server.ApiToken) });

    public static async Task<List<LogEntry>> ReadAsync(ILogSource source, string query = "")
    {
        var entries = new List<LogEntry>();
        await foreach (var entry in source.ReadAsync(new SourceQuery(query, Noon, Noon.AddMinutes(1)), CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.Graphite.Tests.RealGraphite;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

/// <summary>The hosted service of an application, against real carbon. Its clock is moved by the tests.</summary>
public class HeartbeatServiceTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1800));
    private readonly List<string> _log = [];

    [TestCase("tcp")]
    [TestCase("pickle")]
    public async Task Application_Runs_BeatsEachInterval(string protocol)
    {
        var started = _clock.GetUtcNow();
        await using var app = await StartAsync($"{protocol}://127.0.0.1:{(protocol == "tcp" ? Server.LinePort : Server.PicklePort)}", $"beats.{protocol}");
        await UntilSeenAsync($"beats.{protocol}.web_1.heartbeat", started, 1);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await UntilSeenAsync($"beats.{protocol}.web_1.heartbeat", started, 1, 2);
        _clock.Advance(TimeSpan.FromSeconds(30));

        await UntilSeenAsync($"beats.{protocol}.web_1.heartbeat", started, 1, 2, 3);
        await UntilSeenAsync($"beats.{protocol}.web_1.version.1_2_3", started, 1, 2, 3);
        Assert.That(_log, Is.Empty);
    }

    [Test]
    public async Task Application_CarbonAwayAndBack_SendsWhatWasMissed()
    {
        var started = _clock.GetUtcNow();
        await using var app = await StartAsync($"127.0.0.1:{Server.LinePort}", "outage");
        await UntilSeenAsync("outage.web_1.heartbeat", started, 1);
        await Server.StopCarbonAsync();
        try
        {
            _clock.Advance(TimeSpan.FromSeconds(30));
            await ServerProcess.UntilAsync("The outage is logged", () => Task.FromResult(Logged("cannot reach carbon")));
        }
        finally
        {
            await Server.StartCarbonAsync();
        }

        await ServerProcess.UntilAsync("The service is back", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(Logged("reaches carbon at"));
        });
        await UntilSeenAsync("outage.web_1.heartbeat", started, 1, 2);
        Assert.That(_log.Count(line => line.Contains("cannot reach carbon", StringComparison.Ordinal)), Is.EqualTo(1), "an outage is logged once");
    }

    [TestCase(null, "shop", "WERCKER_METRICS_URL is not set")]
    [TestCase("http://graphite", "shop", "write host:port")]
    [TestCase("graphite", "..", "must each have a letter")]
    public async Task Application_WrongSettings_RunsAndSaysWhatIsWrong(string? url, string key, string words)
    {
        await using var app = await StartAsync(url, key);

        await ServerProcess.UntilAsync("It is said", () => Task.FromResult(Logged(words)));
        Assert.That(_log.Single(), Does.StartWith("Warning: No heartbeat is sent. "));
    }

    [Test]
    public async Task Application_HostThatDoesNotExist_Runs()
    {
        await using var app = await StartAsync("nobody.invalid:2003", "shop");

        await ServerProcess.UntilAsync("It is said", () => Task.FromResult(Logged("cannot reach carbon at nobody.invalid:2003")));
    }

    private bool Logged(string words)
    {
        lock (_log)
        {
            return _log.Any(line => line.Contains(words, StringComparison.Ordinal));
        }
    }

    private async Task<App> StartAsync(string? url, string key)
    {
        var provider = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .AddLogging(logging => logging.AddProvider(new ListLogger(_log)))
            .AddWerckerHeartbeat(options => (options.Url, options.Key, options.Host, options.Version) = (url, key, "web.1", "1.2.3"))
            .BuildServiceProvider();
        var service = provider.GetServices<IHostedService>().Single();
        await service.StartAsync(CancellationToken.None);
        return new App(provider, service);
    }

    private static async Task UntilSeenAsync(string name, DateTimeOffset from, params double[] values) =>
        await ServerProcess.UntilAsync($"{name} has {string.Join(", ", values)}", async () =>
        {
            var series = await Source().QueryAsync(new SourceQuery(name, from, from.AddMinutes(20)), CancellationToken.None);
            return series.SelectMany(one => one.Points).Select(point => point.Value).OfType<double>().SequenceEqual(values);
        });

    private sealed class App(ServiceProvider provider, IHostedService service) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await service.StopAsync(CancellationToken.None);
            await provider.DisposeAsync();
        }
    }

    private sealed class ListLogger(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add($"{logLevel}: {formatter(state, exception)}");
            }
        }

        public void Dispose()
        {
        }
    }
}

using static Wercker.Pipeline.Graphite.Tests.RealGraphite;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

/// <summary>Hosts that beat each second into real carbon. What the machine delays is made up for, so that only the script decides what is missing.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int History = 15;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _key;
    private readonly Func<int, long, long, double?> _beat;
    private readonly long _started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private readonly int _hosts;
    private readonly int _late;
    private long _next;
    private long _released = long.MaxValue / 2;
    private Task _beating = Task.CompletedTask;

    private Fleet(string key, int hosts, Func<int, long, long, double?> beat, int late) => (_key, _hosts, _beat, _late, _next) = (key, hosts, beat, late, _started - History);

    /// <summary>Starts the hosts, with a quarter of a minute of beats behind them.</summary>
    /// <param name="key">What the names of their metrics begin with.</param>
    /// <param name="hosts">How many.</param>
    /// <param name="beat">The value that a host sends at a second, counted from now and from the release; null for none.</param>
    /// <param name="late">How many seconds later points are sent.</param>
    public static async Task<Fleet> StartAsync(string key, int hosts, Func<int, long, long, double?> beat, int late = 0)
    {
        var fleet = new Fleet(key, hosts, beat, late);
        await Server.WriteAsync(fleet.Points(fleet._started - late));
        fleet._beating = fleet.BeatAsync();
        return fleet;
    }

    /// <summary>The new version is there from the next second on.</summary>
    public void Release() => Interlocked.Exchange(ref _released, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
    }

    private async Task BeatAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Server.SendAsync(Points(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - _late));
            await Task.Delay(200, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (string, double, long)[] Points(long until)
    {
        var points = new List<(string, double, long)>();
        for (; _next <= until; _next++)
        {
            for (var host = 1; host <= _hosts; host++)
            {
                if (_beat(host, _next - _started, _next - Interlocked.Read(ref _released)) is { } value)
                {
                    points.Add(($"{_key}.web{host}.heartbeat", value, _next));
                }
            }
        }

        return [.. points];
    }
}

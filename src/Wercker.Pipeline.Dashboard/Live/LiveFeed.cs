using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>A deployment that is watched: its one reader, and what it has read.</summary>
internal sealed class LiveFeed : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    public LiveFeed(DashboardProject project, string id, LiveCursor start, LogBook logs, TimeProvider clock)
    {
        Ring = new LiveRing(start);

        // It lives until nobody watches any more, and not as long as the request that happened to be the first.
        Reading = Task.Run(() => new LiveReader(project, id, logs, Ring, clock).RunAsync(start, _end.Token));
    }

    public LiveRing Ring { get; }

    /// <summary>Ends with the reader.</summary>
    public Task Reading { get; }

    /// <summary>How many watch. Guarded by the hub.</summary>
    public int Viewers { get; set; }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }
}

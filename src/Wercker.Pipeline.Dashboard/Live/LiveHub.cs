using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>Lets people watch deployments. However many watch one, it is read once.</summary>
internal sealed class LiveHub(LogBook logs, TimeProvider clock, IHostApplicationLifetime? lifetime = null)
{
    /// <summary>How many may watch at once, all deployments together.</summary>
    public const int MostViewers = 2000;

    private const int MostMissedEvents = 1000;
    private const int MostMissedLines = 500;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Then a viewer has to come back, and to show again that the viewer may.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Project, string Id), LiveFeed> _feeds = [];
    private int _viewers;

    /// <summary>How many deployments are read now.</summary>
    public int Readers
    {
        get
        {
            lock (_gate)
            {
                return _feeds.Count;
            }
        }
    }

    public bool IsFull => Volatile.Read(ref _viewers) >= MostViewers;

    /// <summary>What happens in a deployment, from what a viewer has already.</summary>
    /// <param name="project">The project.</param>
    /// <param name="id">The deployment.</param>
    /// <param name="has">What the viewer has; null for nothing.</param>
    /// <param name="cancellationToken">Canceled when the viewer has gone.</param>
    /// <returns>The events. They end with the deployment, or when the viewer is too slow: whoever comes back with the last id gets what is missing.</returns>
    public async IAsyncEnumerable<SseItem<byte[]>> WatchAsync(
        DashboardProject project, string id, LiveCursor? has, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime?.ApplicationStopping ?? CancellationToken.None);
        var at = await CheckAsync(project, id, has ?? default, stop.Token).ConfigureAwait(false);
        var feed = Join(project, id, at);
        try
        {
            // Where the feed begins behind what the viewer has, the viewer gets the difference alone.
            while (feed.Ring.Find(at) is null)
            {
                var oldest = feed.Ring.Oldest;
                foreach (var frame in await CatchUpAsync(project, id, at, oldest, stop.Token).ConfigureAwait(false))
                {
                    yield return Item(frame);
                }

                at = new LiveCursor(Math.Max(at.Sequence, oldest.Sequence), Math.Max(at.Line, oldest.Line));
            }

            // A browser counts itself as connected when the first bytes have come.
            yield return Item(LiveFrame.Ping);
            await foreach (var frame in FollowAsync(feed.Ring, feed.Ring.Find(at) ?? 0, stop.Token).ConfigureAwait(false))
            {
                yield return Item(frame);
            }
        }
        finally
        {
            Leave((project.Name, id), feed);
        }
    }

    private async IAsyncEnumerable<LiveFrame> FollowAsync(LiveRing ring, long number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        var frames = new List<LiveFrame>();
        while (clock.GetElapsedTime(since) < MostPatience)
        {
            frames.Clear();
            var (more, isOver, isGone) = ring.Take(number, frames);
            if (isGone)
            {
                yield break;
            }

            number += frames.Count;
            foreach (var frame in frames)
            {
                yield return frame;
            }

            if (frames.Count > 0)
            {
                continue;
            }

            if (isOver)
            {
                yield break;
            }

            if (await HasMoreAsync(more, cancellationToken).ConfigureAwait(false) is not { } hasMore)
            {
                yield break;
            }

            if (!hasMore)
            {
                yield return LiveFrame.Ping;
            }
        }
    }

    /// <returns>False when nothing came for so long that proxies would think that nobody is there; null when the viewer has gone, or the application ends: neither is an accident.</returns>
    private async Task<bool?> HasMoreAsync(Task more, CancellationToken cancellationToken)
    {
        try
        {
            await more.WaitAsync(Silence, clock, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What is between what a viewer has and where the others are.</summary>
    private async Task<IReadOnlyList<LiveFrame>> CatchUpAsync(DashboardProject project, string id, LiveCursor has, LiveCursor until, CancellationToken cancellationToken)
    {
        var frames = new List<LiveFrame>();
        var at = has;
        if (until.Sequence - has.Sequence > MostMissedEvents)
        {
            at = at with { Sequence = until.Sequence };
            frames.Add(LiveFrame.Reload);
        }

        await foreach (var e in project.Store.ReadAsync(id, at.Sequence, cancellationToken).ConfigureAwait(false))
        {
            if (e.Sequence > until.Sequence)
            {
                break;
            }

            at = at with { Sequence = e.Sequence };
            if (e.Kind != DeployEventKind.ValueStored || Waits.IsOne(e))
            {
                frames.Add(LiveFrame.Event(e, at));
            }
        }

        if (until.Line > at.Line)
        {
            var first = Math.Max(at.Line + 1, until.Line - MostMissedLines + 1);
            if (first > at.Line + 1)
            {
                frames.Add(LiveFrame.Gap(at.Line + 1, first - 1, at with { Line = first - 1 }));
            }

            at = at with { Line = until.Line };
            if (await logs.ReadAsync(project, id, first, (int)(until.Line - first + 1), cancellationToken).ConfigureAwait(false) is { Lines.Count: > 0 } excerpt)
            {
                frames.Add(LiveFrame.Lines(new LiveLines(first, excerpt.Lines, excerpt.Total), at));
            }
        }

        return frames;
    }

    /// <summary>Nobody has more than there is. A viewer who says so would make everybody else wait for it.</summary>
    private async Task<LiveCursor> CheckAsync(DashboardProject project, string id, LiveCursor has, CancellationToken cancellationToken)
    {
        var isKnown = false;
        await foreach (var e in project.Store.ReadAsync(id, Math.Max(0, has.Sequence - 1), cancellationToken).ConfigureAwait(false))
        {
            isKnown = e.Sequence == has.Sequence;
            break;
        }

        var lines = has.Line == 0 ? 0 : (await logs.ReadAsync(project, id, null, 0, cancellationToken).ConfigureAwait(false))?.Total ?? 0;
        return new LiveCursor(isKnown ? has.Sequence : 0, Math.Min(has.Line, lines));
    }

    private LiveFeed Join(DashboardProject project, string id, LiveCursor at)
    {
        lock (_gate)
        {
            if (!_feeds.TryGetValue((project.Name, id), out var feed))
            {
                feed = new LiveFeed(project, id, at, logs, clock);
                _feeds.Add((project.Name, id), feed);
            }

            feed.Viewers++;
            _viewers++;
            return feed;
        }
    }

    private void Leave((string Project, string Id) key, LiveFeed feed)
    {
        lock (_gate)
        {
            _viewers--;
            if (--feed.Viewers == 0)
            {
                _feeds.Remove(key);
                feed.Dispose();
            }
        }
    }

    private static SseItem<byte[]> Item(LiveFrame frame) => new(frame.Data, frame.Kind) { EventId = frame.Id };
}

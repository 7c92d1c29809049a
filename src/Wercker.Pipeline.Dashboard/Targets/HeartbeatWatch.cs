using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Dashboard.Targets;

/// <summary>Looks whether the hosts of a target beat now. An answer is kept for a moment, however many people look.</summary>
internal sealed class HeartbeatWatch(Func<IMetricSource> open, string expression, TimeSpan every)
{
    // As many beats in a row as a metrics test lets a healthy host miss by default.
    private const int Missed = 3;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private HeartbeatModel? _last;
    private IMetricSource? _source;

    public async Task<HeartbeatModel> LookAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _last is { } last && clock.GetUtcNow() - last.CheckedAt < Kept ? last : _last = await AskAsync(clock, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<HeartbeatModel> AskAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var limit = every * Missed;
        var window = TimeSpan.FromTicks(Math.Max(limit.Ticks * 2, TimeSpan.FromMinutes(5).Ticks));
        IReadOnlyList<MetricSeries> series;
        IMetricSource source;
        try
        {
            source = _source ??= open();
        }
        catch (ConfigurationException fault)
        {
            return new HeartbeatModel(HeartbeatState.Unknown, fault.Message, now);
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            series = await source.QueryAsync(new SourceQuery(expression, now - window, now), stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return new HeartbeatModel(HeartbeatState.Unknown, $"{source.Name} did not answer within {Patience.TotalSeconds:0} seconds.", now);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new HeartbeatModel(HeartbeatState.Unknown, $"{source.Name} could not be asked: {SourceTests.Mask(source.Name, source.Secrets, exception.Message)}", now);
        }

        var hosts = new SortedDictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        foreach (var one in series)
        {
            DateTimeOffset? seen = null;
            foreach (var (at, _) in one.Measured())
            {
                seen = at;
            }

            hosts[one.Name] = seen;
        }

        // A host that was not seen in the whole window has been gone for longer than anybody would miss it.
        var known = hosts.Where(host => host.Value is not null).ToArray();
        var stopped = known.Where(host => now - host.Value > limit).Select(host => host.Key).ToArray();
        return (known, stopped) switch
        {
            ([], _) => new HeartbeatModel(HeartbeatState.NotSeen, $"Nothing has beaten in the last {window.TotalMinutes:0} minutes.", now) { Hosts = hosts },
            (_, []) => new HeartbeatModel(HeartbeatState.Seen, known.Length == 1 ? "One host beats." : $"{known.Length} hosts beat.", now) { Hosts = hosts },
            _ => new HeartbeatModel(HeartbeatState.NotSeen, $"{string.Join(", ", stopped)} stopped more than {limit.TotalSeconds:0} seconds ago.", now) { Hosts = hosts },
        };
    }
}

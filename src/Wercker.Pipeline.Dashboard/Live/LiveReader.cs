using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Logs;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>Reads what is new of one deployment, once for all who watch it.</summary>
/// <remarks>It asks the store twice a second. Of a log that grows faster than anybody can read, it hands on the last lines and says which are missing.</remarks>
internal sealed class LiveReader(DashboardProject project, string id, LogBook logs, LiveRing ring, TimeProvider clock)
{
    /// <summary>How many lines are sent at a time. Twice as many in a second are more than anybody can follow.</summary>
    private const int MostLines = 200;

    /// <summary>A process may be killed between its last event and the end of its log: looked for so often.</summary>
    private const int LooksForEnd = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(3);
    private LiveCursor _at;
    private DeployStatus? _verdict;
    private int _looks;

    /// <summary>Reads until the deployment has ended, or nobody watches any more.</summary>
    /// <param name="from">What those who watch have already.</param>
    /// <param name="cancellationToken">Canceled when nobody watches any more.</param>
    public async Task RunAsync(LiveCursor from, CancellationToken cancellationToken)
    {
        _at = from;
        try
        {
            while (!await LookAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody is there to be told.
        }
        finally
        {
            ring.Complete();
        }
    }

    /// <returns>True when there is nothing more to come.</returns>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The events first: a log that is read after the last one is whole.
            await foreach (var e in project.Store.ReadAsync(id, _at.Sequence, cancellationToken).ConfigureAwait(false))
            {
                _at = _at with { Sequence = e.Sequence };
                _verdict = e.Kind == DeployEventKind.DeploymentFinished ? e.Verdict ?? DeployStatus.Failed : _verdict;
                if (e.Kind != DeployEventKind.ValueStored || Waits.IsOne(e))
                {
                    ring.Add(LiveFrame.Event(e, _at));
                }
            }

            _verdict ??= await project.Store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { FinishedAt: not null } entry ? entry.Status : null;
            var isLogOver = await ReadLogAsync(cancellationToken).ConfigureAwait(false);
            if (_verdict is { } verdict && (isLogOver || ++_looks > LooksForEnd))
            {
                ring.Add(LiveFrame.End(verdict, _at));
                return true;
            }
        }
        catch (Exception exception) when (exception is IOException or ConfigurationException)
        {
            // A store that cannot be read now may be in a moment. Those who watch see that nothing moves.
            await Task.Delay(LongPause, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // What is behind the damage cannot be told by any page either.
            return true;
        }

        return false;
    }

    /// <returns>True when the log has its end, or there is none.</returns>
    private async Task<bool> ReadLogAsync(CancellationToken cancellationToken)
    {
        // First how long it is by now, then no more lines than anybody wants.
        if (await logs.ReadAsync(project, id, null, 0, cancellationToken).ConfigureAwait(false) is not { } now)
        {
            return true;
        }

        var total = now.IsClosed ? now.Total : now.Ended;
        if (total > _at.Line)
        {
            var first = Math.Max(_at.Line + 1, total - MostLines + 1);
            if (await logs.ReadAsync(project, id, first, MostLines, cancellationToken).ConfigureAwait(false) is not { Lines: [.., var last] } excerpt)
            {
                return now.IsClosed;
            }

            if (first > _at.Line + 1)
            {
                var missing = _at.Line + 1;
                _at = _at with { Line = first - 1 };
                ring.Add(LiveFrame.Gap(missing, first - 1, _at));
            }

            _at = _at with { Line = last.Number };
            ring.Add(LiveFrame.Lines(new LiveLines(first, excerpt.Lines, excerpt.Total), _at));
        }

        return now.IsClosed;
    }
}

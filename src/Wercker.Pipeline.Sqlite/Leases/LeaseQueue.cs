using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Sqlite.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Leases;

/// <summary>Waits for a target, in the order in which it was asked for.</summary>
/// <remarks>
/// An owner that has ended is known at once where its process can be looked at. Everywhere else it is told by its beat: one that was not
/// heard for as long as a lease lasts, by the waiter's own monotonic clock, is taken to have ended. The store then gives the target to whoever
/// names the last beat first, so that two waiters never both get it, and the one who comes back finds another token.
/// </remarks>
internal sealed class LeaseQueue(Database database, CommitQueue queue, TimeSpan duration, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async ValueTask<long> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var askedAt = clock.GetTimestamp();
        var owner = new Watch(clock);
        var next = new Watch(clock);
        long? ticket = null;
        try
        {
            while (true)
            {
                var mine = ticket;
                (long? Token, int Place) tried = default;
                await queue.WriteAsync(statements => tried = Try(statements.Connection, target, request, mine, owner, next), cancellationToken).ConfigureAwait(false);
                if (tried.Token is { } taken)
                {
                    return taken;
                }

                if (clock.GetElapsedTime(askedAt) >= request.Wait)
                {
                    throw LeaseWords.Refusal(target, await Task.Run(() => database.Use(connection => LeaseTable.Find(connection, target)), cancellationToken).ConfigureAwait(false), tried.Place);
                }

                if (ticket is null)
                {
                    await queue.WriteAsync(statements => ticket = LeaseTable.Enqueue(statements.Connection, target, request.DeploymentId), cancellationToken).ConfigureAwait(false);
                }

                var left = request.Wait - clock.GetElapsedTime(askedAt);
                await Task.Delay(left < Pause ? left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1) : Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (ticket is { } waiting)
            {
                await queue.WriteAsync(statements => LeaseTable.Dequeue(statements.Connection, waiting), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private (long? Token, int Place) Try(Microsoft.Data.Sqlite.SqliteConnection connection, string target, LeaseRequest request, long? ticket, Watch owner, Watch next)
    {
        if (ticket is { } mine)
        {
            LeaseTable.BeatWaiter(connection, mine);
        }

        var before = LeaseTable.Before(connection, target, ticket);
        while (before.Count > 0 && (ProcessIdentity.HasEnded(before[0].Process) || next.IsSilent((before[0].Ticket, before[0].Beat), duration)))
        {
            LeaseTable.Dequeue(connection, before[0].Ticket);
            before.RemoveAt(0);
        }

        if (before.Count > 0)
        {
            return (null, before.Count + 1);
        }

        var lease = LeaseTable.Find(connection, target);
        var seen = LeaseTable.Look(connection, target);

        // What is frozen has no deployment and no beat; only an unlock ends it.
        var isFree = lease is null || seen is null || (lease.DeploymentId is not null && (lease.IsOrphaned || owner.IsSilent((seen.Value.Token, seen.Value.Beat), duration)));
        return (isFree ? LeaseTable.Take(connection, target, request, seen, clock.GetUtcNow()) : null, 1);
    }

    /// <summary>Tells by the monotonic clock for how long something has not changed.</summary>
    private sealed class Watch(TimeProvider clock)
    {
        private (long, long)? _seen;
        private long _since;

        public bool IsSilent((long, long) sighting, TimeSpan limit)
        {
            if (_seen != sighting)
            {
                _seen = sighting;
                _since = clock.GetTimestamp();
            }

            return clock.GetElapsedTime(_since) > limit;
        }
    }
}

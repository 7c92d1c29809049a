using Npgsql;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.PostgreSql.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Leases;

/// <summary>Waits for a target, in the order in which it was asked for.</summary>
/// <remarks>An owner of this machine that has ended is known at once. Any other is given up when the server's clock has passed the end of its lease.</remarks>
internal sealed class LeaseQueue(Database database, TimeSpan duration, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>That a target is free is said by the server. What it does not say is looked for: that an owner was killed, and what was said while nobody could hear it.</summary>
    private TimeSpan Pause => duration / 8 < LongestPause ? duration / 8 : LongestPause;

    /// <summary>How long the server may be away: half of a lease, so that it is still the owner's who finds out.</summary>
    private TimeSpan Patience => duration / 2;

    /// <returns>The token, and when it was asked for by the clock's monotonic time.</returns>
    public async ValueTask<(long Token, long AskedAt)> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var claim = Guid.NewGuid();
        var began = clock.GetTimestamp();
        long? ticket = null;
        Signals.Subscription? freed = null;
        try
        {
            while (true)
            {
                var mine = ticket;
                var askedAt = clock.GetTimestamp();
                var (token, place) = await database.UseAsync((connection, stop) => TryAsync(connection, target, request, mine, claim, stop), Patience, cancellationToken).ConfigureAwait(false);
                if (token is { } taken)
                {
                    return (taken, askedAt);
                }

                if (clock.GetElapsedTime(began) >= request.Wait)
                {
                    var holder = await database.UseAsync((connection, stop) => LeaseTable.FindAsync(connection, target, stop), Patience, cancellationToken).ConfigureAwait(false);
                    throw LeaseWords.Refusal(target, holder, place);
                }

                if (freed is null)
                {
                    // Then it is looked at once more: it may have been given back before anybody listened.
                    freed = await database.SubscribeAsync("lease", target, Patience, cancellationToken).ConfigureAwait(false);
                    ticket = await database.UseAsync((connection, stop) => LeaseTable.EnqueueAsync(connection, target, request.DeploymentId, duration, stop), Patience, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var left = request.Wait - clock.GetElapsedTime(began);
                await freed.WaitAsync(left < Pause ? left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1) : Pause, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            freed?.Dispose();
            if (ticket is { } waiting)
            {
                await LeaveAsync(waiting).ConfigureAwait(false);
            }
        }
    }

    private async Task<(long? Token, int Place)> TryAsync(NpgsqlConnection connection, string target, LeaseRequest request, long? ticket, Guid claim, CancellationToken cancellationToken)
    {
        var before = await LeaseTable.BeforeAsync(connection, target, ticket, duration, cancellationToken).ConfigureAwait(false);
        while (before.Count > 0 && ProcessIdentity.HasEnded(before[0].Process))
        {
            await LeaseTable.DequeueAsync(connection, before[0].Ticket, cancellationToken).ConfigureAwait(false);
            before.RemoveAt(0);
        }

        if (before.Count > 0)
        {
            return (null, before.Count + 1);
        }

        var lease = await LeaseTable.FindAsync(connection, target, cancellationToken).ConfigureAwait(false);
        return (await LeaseTable.TakeAsync(connection, target, request, claim, duration, lease is { IsOrphaned: true } ? lease.FencingToken : null, cancellationToken).ConfigureAwait(false), 1);
    }

    private async Task LeaveAsync(long ticket)
    {
        try
        {
            await database.UseAsync((connection, stop) => LeaseTable.DequeueAsync(connection, ticket, stop), TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The server is away. A waiter that shows no life leaves the queue by itself.
        }
    }
}

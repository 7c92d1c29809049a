using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.PostgreSql.Leases;
using Wercker.Pipeline.PostgreSql.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql;

/// <summary>Deployments, their output logs and the leases on their targets in a PostgreSQL database that machines share.</summary>
/// <remarks>
/// <para>
/// An event counts as recorded when its transaction is committed (synchronous_commit is never off for it). In that transaction it is checked that the event is the next one of
/// its deployment, that no other writer has gone on with the deployment (its epoch), and that the lease under which this store runs it still holds (its fencing token): whoever is
/// late records nothing.
/// </para>
/// <para>
/// A server that is restarted is waited for, for half of <see cref="LeaseDuration"/>: an event whose answer was lost is told again and recorded once. After that the append fails
/// while the lease is still this deployment's, so that the target is put back without the journal.
/// </para>
/// <para>The tables are made when the store is first used, in the first schema of the connection's search path; the user must be allowed to make them.</para>
/// </remarks>
public sealed class PostgreSqlStore : IDeploymentJournal, IDeploymentLock, IAsyncDisposable
{
    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly Guid _writer = Guid.NewGuid();
    private readonly ConcurrentDictionary<string, (string Target, long Token)> _leases = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _own = new(StringComparer.Ordinal);

    /// <summary>Names the database; nothing is asked of it before the first use.</summary>
    /// <param name="connection">postgresql://user:password@host:5432/database, or a connection string of Npgsql.</param>
    /// <param name="timeProvider">The clock that pauses are measured by; the system's by default. When a lease ends is decided by the server's.</param>
    /// <exception cref="ConfigurationException">The connection string cannot be read.</exception>
    public PostgreSqlStore(string connection, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        _clock = timeProvider ?? TimeProvider.System;
        _database = new Database(connection, _clock);
    }

    /// <summary>What the store is called in messages: its database, host and port, never its password.</summary>
    public string Name => _database.Name;

    /// <summary>How long a lease lasts, by the server's clock, when its owner shows no sign of life. It shows one three times as often. Default: 60 seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an output log is kept after its last line. Default: 90 days.</summary>
    public TimeSpan LogAge { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many output logs are kept. Default: 1,000.</summary>
    public int LogCount { get; init; } = 1000;

    /// <summary>How many bytes all output logs may take, as they are kept. Default: 2 GiB.</summary>
    public long LogBytes { get; init; } = 2L << 30;

    private TimeSpan Patience => LeaseDuration / 2;

    private LogTable Logs => new(_database, Patience);

    private LogLimits Limits => new(LogAge, LogCount, LogBytes);

    /// <inheritdoc />
    /// <exception cref="ConfigurationException">The database cannot be reached at all, or lets nobody in.</exception>
    /// <exception cref="IOException">The event could not be written: the server was away for too long, or its disk is full for example.</exception>
    public async ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        var id = deployEvent.DeploymentId;
        (string Target, long Token)? lease = _leases.TryGetValue(id, out var held) ? held : null;
        var mark = Guid.NewGuid();
        await UseAsync(
            async (connection, stop) =>
            {
                if (!await EventTable.AppendAsync(connection, deployEvent, mark, (_writer, !_own.ContainsKey(id)), lease, stop).ConfigureAwait(false))
                {
                    throw await EventTable.RefusalAsync(connection, deployEvent, lease, stop).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (deployEvent.Kind == DeployEventKind.DeploymentFinished)
        {
            _own.TryRemove(id, out _);
        }
        else
        {
            _own.TryAdd(id, true);
        }
    }

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">An event is damaged; the events before it have been given.</exception>
    public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deploymentId);
        cancellationToken.ThrowIfCancellationRequested();
        for (long after = 0; ;)
        {
            var position = after;
            var events = await UseAsync((connection, stop) => EventTable.ReadAsync(connection, Name, deploymentId, position, stop), cancellationToken).ConfigureAwait(false);
            foreach (var deployEvent in events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return deployEvent;
            }

            after += events.Count;
            if (events.Count == 0)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var id in await UseAsync(DeploymentTable.IdsAsync, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }
    }

    /// <summary>Looks for deployments, the newest first, without reading their events.</summary>
    /// <param name="search">Which.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>What was found.</returns>
    public async Task<IReadOnlyList<DeploymentEntry>> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return await UseAsync((connection, stop) => DeploymentTable.SearchAsync(connection, search, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(request);
        var (token, askedAt) = await new LeaseQueue(_database, LeaseDuration, _clock).AcquireAsync(target, request, cancellationToken).ConfigureAwait(false);
        var entry = KeyValuePair.Create(request.DeploymentId, (target, token));
        _leases[entry.Key] = entry.Value;

        // What it fences is forgotten only with itself: another lease of the same deployment may have come after it.
        var hold = new PostgreSqlLeaseHold(_database, target, token, LeaseDuration, () => _leases.TryRemove(entry));
        return new HeldLease(hold, token, LeaseDuration, askedAt, _clock);
    }

    /// <summary>Finds out who holds a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Its lease; null when it is free.</returns>
    public Task<LeaseEntry?> FindLeaseAsync(string target, CancellationToken cancellationToken) =>
        UseAsync((connection, stop) => LeaseTable.FindAsync(connection, target, stop), cancellationToken);

    /// <summary>Takes a target away from its owner, which notices before its next step and changes nothing more; or ends a freeze.</summary>
    /// <param name="target">The target.</param>
    /// <param name="reason">Why; it is recorded.</param>
    /// <param name="by">Who does it; it is recorded.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The lease that was ended; null when the target was free.</returns>
    public async Task<LeaseEntry?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        var lease = await FindLeaseAsync(target, cancellationToken).ConfigureAwait(false);
        if (lease is not null)
        {
            await UseAsync((connection, stop) => LeaseTable.UnlockAsync(connection, lease, reason, by, stop), cancellationToken).ConfigureAwait(false);
        }

        return lease;
    }

    /// <summary>Lets nobody deploy to a target until it is unlocked.</summary>
    /// <param name="target">The target.</param>
    /// <param name="message">What those who ask for it are told.</param>
    /// <param name="by">Who freezes it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>When it is frozen.</returns>
    /// <exception cref="DeploymentLockedException">A deployment holds it.</exception>
    public async Task FreezeAsync(string target, string message, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        var claim = Guid.NewGuid();
        if (!await UseAsync((connection, stop) => LeaseTable.FreezeAsync(connection, target, by, message, claim, stop), cancellationToken).ConfigureAwait(false))
        {
            var holder = await FindLeaseAsync(target, cancellationToken).ConfigureAwait(false);
            throw new DeploymentLockedException(target, $"deployment {holder?.DeploymentId} ({holder?.Owner})");
        }
    }

    /// <summary>Asks the process that runs a deployment to cancel it.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <returns>When it is recorded.</returns>
    public Task RequestCancelAsync(string deploymentId, string by, CancellationToken cancellationToken) =>
        UseAsync((connection, stop) => DeploymentTable.RequestCancelAsync(connection, deploymentId, by, stop), cancellationToken);

    /// <summary>Who asked for the cancellation of a deployment.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Who; null when nobody did.</returns>
    public Task<string?> FindCancelRequestAsync(string deploymentId, CancellationToken cancellationToken) =>
        UseAsync((connection, stop) => DeploymentTable.FindCancelRequestAsync(connection, deploymentId, stop), cancellationToken);

    /// <summary>Opens the output log of a deployment at its end, for <c>ReportFolder.OpenLog</c>. Whoever had it open before can write no more.</summary>
    /// <remarks>
    /// It is written by a task of its own; a writer that is faster waits when 3 MiB are not written yet. Disposing closes the log. What cannot be written is told to
    /// the next write as an <see cref="IOException"/>, and leaves the log unclosed. Opening one removes old logs beyond <see cref="LogAge"/>, <see cref="LogCount"/> and <see cref="LogBytes"/>.
    /// </remarks>
    /// <param name="deploymentId">The deployment.</param>
    /// <returns>The stream; a flush lets readers see what was written.</returns>
    public Stream OpenLog(string deploymentId)
    {
        ArgumentException.ThrowIfNullOrEmpty(deploymentId);
        return new LogStream(Logs, deploymentId, Limits);
    }

    /// <summary>Reads an output log to its present end, also while it is written.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="from">The first byte.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Its bytes, some at a time; none when there is no log.</returns>
    /// <exception cref="InvalidDataException">A block is damaged; what is before it has been given.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string deploymentId, long from, CancellationToken cancellationToken) =>
        LogReading.ReadAsync(Logs, deploymentId, from, cancellationToken);

    /// <summary>Finds out what is kept of an output log.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The log; null when there is none.</returns>
    public Task<LogSummary?> FindLogAsync(string deploymentId, CancellationToken cancellationToken) => Logs.FindAsync(deploymentId, cancellationToken);

    /// <summary>Removes output logs beyond <see cref="LogAge"/>, <see cref="LogCount"/> and <see cref="LogBytes"/>, the oldest first; never one that may still be written.</summary>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> PruneLogsAsync(CancellationToken cancellationToken) => Logs.PruneAsync(Limits, cancellationToken);

    /// <summary>Closes the connections.</summary>
    /// <returns>When they are closed.</returns>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private Task<T> UseAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> act, CancellationToken cancellationToken) =>
        _database.UseAsync(act, Patience, cancellationToken);
}

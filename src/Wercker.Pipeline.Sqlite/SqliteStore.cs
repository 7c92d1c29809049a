using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Sqlite.Leases;
using Wercker.Pipeline.Sqlite.Storage;

namespace Wercker.Pipeline.Sqlite;

/// <summary>Deployments, and the leases on their targets, in one SQLite file that processes of one machine share.</summary>
/// <remarks>
/// <para>
/// An event counts as recorded when it is on the disk (write-ahead log, synchronous FULL). Events of deployments that run at once wait for the disk
/// together. An event that is not the next one of its deployment is refused, so that of two processes only one goes on with it.
/// </para>
/// <para>The file is made at the first write and only its owner can read it. It must lie on a local disk: SQLite's locks do not work on network file systems.</para>
/// </remarks>
public sealed class SqliteStore : IDeploymentJournal, IDeploymentLock, IAsyncDisposable
{
    private readonly Database _database;
    private readonly CommitQueue _queue;
    private readonly TimeProvider _clock;

    /// <summary>Names the file; nothing is touched before the first write.</summary>
    /// <param name="path">The file, in an existing directory.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    public SqliteStore(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _database = new Database(path);
        _queue = new CommitQueue(_database);
        _clock = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The file, as a full path.</summary>
    public string Path => _database.Path;

    /// <summary>How long a lease lasts when its owner shows no sign of life. It shows one three times as often. Default: 15 seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc />
    /// <exception cref="ConfigurationException">The file cannot be made.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="SqliteException">The event could not be written, because the disk is full for example.</exception>
    public async ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        var json = deployEvent.ToJson();
        await _queue.WriteAsync(statements => EventTable.Append(statements, deployEvent, json), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">The file or an event is damaged; the events before it have been given.</exception>
    public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deploymentId);
        cancellationToken.ThrowIfCancellationRequested();
        long after = 0;
        while (await ReadAsync(connection => EventTable.Read(connection, Path, deploymentId, after), [], cancellationToken).ConfigureAwait(false) is { Count: > 0 } events)
        {
            foreach (var deployEvent in events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return deployEvent;
            }

            after += events.Count;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var id in await ReadAsync(DeploymentTable.Ids, [], cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }
    }

    /// <summary>Looks for deployments, the newest first, without reading their events.</summary>
    /// <param name="search">Which.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>What was found.</returns>
    public Task<IReadOnlyList<DeploymentEntry>> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return ReadAsync<IReadOnlyList<DeploymentEntry>>(connection => DeploymentTable.Search(connection, search), [], cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(request);
        var token = await new LeaseQueue(_database, LeaseDuration, _clock).AcquireAsync(target, request, cancellationToken).ConfigureAwait(false);
        return new SqliteLease(_database, target, token, LeaseDuration, _clock);
    }

    /// <summary>Finds out who holds a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Its lease; null when it is free.</returns>
    public Task<LeaseEntry?> FindLeaseAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(connection => LeaseTable.Find(connection, target), null, cancellationToken);

    /// <summary>Takes a target away from its owner, which notices before its next step and changes nothing more; or ends a freeze.</summary>
    /// <param name="target">The target.</param>
    /// <param name="reason">Why; it is recorded.</param>
    /// <param name="by">Who does it; it is recorded.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The lease that was ended; null when the target was free.</returns>
    public async Task<LeaseEntry?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        LeaseEntry? ended = null;
        await _queue.WriteAsync(
            statements =>
            {
                ended = LeaseTable.Find(statements.Connection, target);
                if (ended is not null)
                {
                    LeaseTable.Unlock(statements.Connection, ended, reason, by, _clock.GetUtcNow());
                }
            },
            cancellationToken).ConfigureAwait(false);
        return ended;
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
        var frozen = false;
        await _queue.WriteAsync(statements => frozen = LeaseTable.Freeze(statements.Connection, target, by, message, _clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        if (!frozen)
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
        _queue.WriteAsync(statements => DeploymentTable.RequestCancel(statements.Connection, deploymentId, by, _clock.GetUtcNow()), cancellationToken);

    /// <summary>Who asked for the cancellation of a deployment.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Who; null when nobody did.</returns>
    public Task<string?> FindCancelRequestAsync(string deploymentId, CancellationToken cancellationToken) =>
        ReadAsync(connection => DeploymentTable.FindCancelRequest(connection, deploymentId), null, cancellationToken);

    /// <summary>Closes the file when what was given to it is written.</summary>
    /// <returns>When it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        SqliteConnection.ClearPool(new SqliteConnection(_database.ConnectionString));
    }

    /// <summary>A store that was never written is empty, and stays unwritten.</summary>
    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, T nothing, CancellationToken cancellationToken) =>
        _database.Exists ? Task.Run(() => _database.Use(read), cancellationToken) : Task.FromResult(nothing);
}

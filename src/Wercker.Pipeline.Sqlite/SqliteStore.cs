using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Sqlite.Leases;
using Wercker.Pipeline.Sqlite.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite;

/// <summary>Deployments, and the leases on their targets, in one SQLite file that processes of one machine share, and their output logs in a second one beside it.</summary>
/// <remarks>
/// <para>
/// An event counts as recorded when it is on the disk (write-ahead log, synchronous FULL). Events of deployments that run at once wait for the disk
/// together. An event that is not the next one of its deployment is refused, so that of two processes only one goes on with it.
/// </para>
/// <para>
/// Output logs (<see cref="OpenLog"/>) are kept in blocks of 256 KiB that are compressed when they are full or the log ends, and can be read while they grow. Their file
/// does not wait for the disk, so that no event waits for what is printed.
/// </para>
/// <para>The files are made at the first write and only their owner can read them. They must lie on a local disk: SQLite's locks do not work on network file systems.</para>
/// </remarks>
public sealed class SqliteStore : IDeploymentJournal, IDeploymentLock, IAsyncDisposable
{
    private readonly Database _database;
    private readonly CommitQueue _queue;
    private readonly TimeProvider _clock;
    private readonly Database _logDatabase;
    private readonly LogTable _logs;

    /// <summary>Names the file; nothing is touched before the first write.</summary>
    /// <param name="path">The file, in an existing directory.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    public SqliteStore(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _database = new Database(path, Schema.OfDeployments);
        _queue = new CommitQueue(_database);
        _clock = timeProvider ?? TimeProvider.System;
        _logDatabase = new Database(System.IO.Path.ChangeExtension(path, null) + "-log.db", Schema.OfLogs);
        _logs = new LogTable(_logDatabase, _clock);
    }

    /// <summary>The file, as a full path.</summary>
    public string Path => _database.Path;

    /// <summary>How long a lease lasts when its owner shows no sign of life. It shows one three times as often. Default: 15 seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long another process may write to the files before that counts as an accident. Default: 15 seconds.</summary>
    public TimeSpan BusyTimeout
    {
        get => _database.Patience;
        init => _database.Patience = _logDatabase.Patience = value;
    }

    /// <summary>How long an output log is kept after its last line. Default: 90 days.</summary>
    public TimeSpan LogAge { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many output logs are kept. Default: 1,000.</summary>
    public int LogCount { get; init; } = 1000;

    /// <summary>How many bytes all output logs may take, as they are kept. Default: 2 GiB.</summary>
    public long LogBytes { get; init; } = 2L << 30;

    /// <inheritdoc />
    /// <exception cref="ConfigurationException">The file cannot be made.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The event could not be written: the disk is full, or another process writes for too long.</exception>
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
        return new HeldLease(new SqliteLeaseHold(_database, target, token), token, LeaseDuration, _clock.GetTimestamp(), _clock);
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
        return new LogStream(_logs, deploymentId, Limits);
    }

    /// <summary>Reads an output log to its present end, also while it is written.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="from">The first byte.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Its bytes, some at a time; none when there is no log.</returns>
    /// <exception cref="InvalidDataException">A block is damaged; what is before it has been given.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string deploymentId, long from, CancellationToken cancellationToken) =>
        LogReading.ReadAsync(_logs, deploymentId, from, cancellationToken);

    /// <summary>Finds out what is kept of an output log.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The log; null when there is none.</returns>
    public async Task<LogSummary?> FindLogAsync(string deploymentId, CancellationToken cancellationToken) =>
        await _logs.FindAsync(deploymentId, cancellationToken).ConfigureAwait(false) is { } log ? new LogSummary(log.Length, log.Kept, log.IsClosed) : null;

    /// <summary>Removes output logs beyond <see cref="LogAge"/>, <see cref="LogCount"/> and <see cref="LogBytes"/>, the oldest first; never one that may still be written.</summary>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> PruneLogsAsync(CancellationToken cancellationToken) => _logs.PruneAsync(Limits, cancellationToken);

    /// <summary>Closes the files when what was given to it is written.</summary>
    /// <returns>When it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        _logs.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(_database.ConnectionString));
        SqliteConnection.ClearPool(new SqliteConnection(_logDatabase.ConnectionString));
    }

    private LogLimits Limits => new(LogAge, LogCount, LogBytes);

    /// <summary>A store that was never written is empty, and stays unwritten.</summary>
    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, T nothing, CancellationToken cancellationToken) =>
        _database.Exists ? Task.Run(() => _database.Use(read), cancellationToken) : Task.FromResult(nothing);
}

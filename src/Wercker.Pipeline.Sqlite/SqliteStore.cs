using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Decisions;
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
public sealed class SqliteStore : IDeploymentStore
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
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

    /// <inheritdoc />
    public string Name => Path;

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
    public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) => ReadAsync(deploymentId, 0, cancellationToken);

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">The file or an event is damaged; the events before it have been given.</exception>
    public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deploymentId);
        cancellationToken.ThrowIfCancellationRequested();
        for (var position = after; await ReadAsync(connection => EventTable.Read(connection, Path, deploymentId, position), [], cancellationToken).ConfigureAwait(false) is { Count: > 0 } events; position += events.Count)
        {
            foreach (var deployEvent in events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return deployEvent;
            }
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

    /// <inheritdoc />
    public Task<IReadOnlyList<DeploymentEntry>> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return ReadAsync<IReadOnlyList<DeploymentEntry>>(connection => DeploymentTable.Search(connection, search), [], cancellationToken);
    }

    /// <inheritdoc />
    public Task<int> CountAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return ReadAsync(connection => DeploymentTable.Count(connection, search), 0, cancellationToken);
    }

    /// <inheritdoc />
    public Task<DeploymentEntry?> FindAsync(string deploymentId, CancellationToken cancellationToken) =>
        ReadAsync(connection => DeploymentTable.Find(connection, deploymentId), null, cancellationToken);

    /// <inheritdoc />
    public async ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(request);
        var token = await new LeaseQueue(_database, _queue, LeaseDuration, _clock).AcquireAsync(target, request, cancellationToken).ConfigureAwait(false);
        return new HeldLease(new SqliteLeaseHold(_database, _queue, target, token), token, LeaseDuration, _clock.GetTimestamp(), _clock);
    }

    /// <inheritdoc />
    public Task<LeaseEntry?> FindLeaseAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(connection => LeaseTable.Find(connection, target), null, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<LeaseEntry>> ListLeasesAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<LeaseEntry>>(connection => LeaseTable.List(connection), [], cancellationToken);

    /// <inheritdoc />
    public Task<LeaseEntry?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken) => EndAsync(target, reason, by, _ => true, cancellationToken);

    /// <inheritdoc />
    public Task<LeaseEntry?> ThawAsync(string target, string reason, string by, CancellationToken cancellationToken) =>
        EndAsync(target, reason, by, lease => lease.DeploymentId is null, cancellationToken);

    /// <inheritdoc />
    public async Task FreezeAsync(string target, string message, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        var frozen = false;
        await _queue.WriteAsync(statements => frozen = LeaseTable.Freeze(statements.Connection, target, by, message, _clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        if (!frozen)
        {
            var holder = await FindLeaseAsync(target, cancellationToken).ConfigureAwait(false);
            throw LeaseWords.Refusal(target, holder);
        }
    }

    /// <inheritdoc />
    public Task RequestCancelAsync(string deploymentId, string by, CancellationToken cancellationToken) =>
        _queue.WriteAsync(statements => ActionTable.Add(statements.Connection, new ActionEntry { Kind = ActionQuery.Cancel, By = by, DeploymentId = deploymentId }, _clock.GetUtcNow()), cancellationToken);

    /// <inheritdoc />
    public Task<string?> FindCancelRequestAsync(string deploymentId, CancellationToken cancellationToken) =>
        ReadAsync(connection => ActionTable.FindCancel(connection, deploymentId), null, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<DecisionRequest>> ListQuestionsAsync(string? deploymentId, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<DecisionRequest>>(connection => QuestionTable.Open(connection, deploymentId), [], cancellationToken);

    /// <inheritdoc />
    public async Task<Decision?> AnswerAsync(DecisionRequest question, Decision decision, CancellationToken cancellationToken)
    {
        ActionQuery.Check(question, decision);
        Decision? counts = null;
        await _queue.WriteAsync(statements => counts = ActionTable.Answer(statements.Connection, question, decision, _clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        return counts;
    }

    /// <inheritdoc />
    public ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return AnswerWait.ForAsync(
            stop => ReadAsync(connection => ActionTable.FindAnswer(connection, request.Id), null, stop), stop => Task.Delay(Pause, _clock, stop), cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<ActionEntry>> ListActionsAsync(string? deploymentId, long? before, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<ActionEntry>>(connection => ActionTable.List(connection, deploymentId, before, limit), [], cancellationToken);

    /// <inheritdoc />
    public Task RecordActionAsync(ActionEntry action, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(action);
        return _queue.WriteAsync(statements => ActionTable.Add(statements.Connection, action, _clock.GetUtcNow()), cancellationToken);
    }

    /// <inheritdoc />
    public Stream OpenLog(string deploymentId)
    {
        ArgumentException.ThrowIfNullOrEmpty(deploymentId);
        return new LogStream(_logs, deploymentId, Limits);
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string deploymentId, long from, CancellationToken cancellationToken) =>
        LogReading.ReadAsync(_logs, deploymentId, from, cancellationToken);

    /// <inheritdoc />
    public async Task<LogSummary?> FindLogAsync(string deploymentId, CancellationToken cancellationToken) =>
        await _logs.FindAsync(deploymentId, cancellationToken).ConfigureAwait(false) is { } log ? new LogSummary(log.Length, log.Kept, log.IsClosed) : null;

    /// <inheritdoc />
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

    /// <summary>Ends a lease, if it is one of those that are meant.</summary>
    private async Task<LeaseEntry?> EndAsync(string target, string reason, string by, Func<LeaseEntry, bool> isMeant, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        LeaseEntry? ended = null;
        await _queue.WriteAsync(
            statements =>
            {
                ended = LeaseTable.Find(statements.Connection, target) is { } lease && isMeant(lease) ? lease : null;
                if (ended is not null)
                {
                    LeaseTable.Unlock(statements.Connection, ended, reason, by, _clock.GetUtcNow());
                }
            },
            cancellationToken).ConfigureAwait(false);
        return ended;
    }

    private LogLimits Limits => new(LogAge, LogCount, LogBytes);

    /// <summary>A store that was never written is empty, and stays unwritten.</summary>
    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, T nothing, CancellationToken cancellationToken) =>
        _database.Exists ? Task.Run(() => _database.Use(read), cancellationToken) : Task.FromResult(nothing);
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;
using Wercker.Pipeline.Decisions;
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
public sealed class PostgreSqlStore : IDeploymentStore
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
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

    /// <inheritdoc />
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
    public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) => ReadAsync(deploymentId, 0, cancellationToken);

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">An event is damaged; the events before it have been given.</exception>
    public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deploymentId);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
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

    /// <inheritdoc />
    public async Task<IReadOnlyList<DeploymentEntry>> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return await UseAsync((connection, stop) => DeploymentTable.SearchAsync(connection, search, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task<int> CountAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return UseAsync((connection, stop) => DeploymentTable.CountAsync(connection, search, stop), cancellationToken);
    }

    /// <inheritdoc />
    public Task<DeploymentEntry?> FindAsync(string deploymentId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deploymentId);
        return UseAsync((connection, stop) => DeploymentTable.FindAsync(connection, deploymentId, stop), cancellationToken);
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

    /// <inheritdoc />
    public Task<LeaseEntry?> FindLeaseAsync(string target, CancellationToken cancellationToken) =>
        UseAsync((connection, stop) => LeaseTable.FindAsync(connection, target, stop), cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<LeaseEntry>> ListLeasesAsync(CancellationToken cancellationToken) =>
        await UseAsync((connection, stop) => LeaseTable.ListAsync(connection, null, stop), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public Task<LeaseEntry?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken) => EndAsync(target, reason, by, _ => true, cancellationToken);

    /// <inheritdoc />
    public Task<LeaseEntry?> ThawAsync(string target, string reason, string by, CancellationToken cancellationToken) =>
        EndAsync(target, reason, by, lease => lease.DeploymentId is null, cancellationToken);

    /// <inheritdoc />
    public async Task FreezeAsync(string target, string message, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        var claim = Guid.NewGuid();
        if (!await UseAsync((connection, stop) => LeaseTable.FreezeAsync(connection, target, by, message, claim, stop), cancellationToken).ConfigureAwait(false))
        {
            var holder = await FindLeaseAsync(target, cancellationToken).ConfigureAwait(false);
            throw LeaseWords.Refusal(target, holder);
        }
    }

    /// <inheritdoc />
    public Task RequestCancelAsync(string deploymentId, string by, CancellationToken cancellationToken) =>
        UseAsync((connection, stop) => ActionTable.AddAsync(connection, new ActionEntry { Kind = ActionQuery.Cancel, By = by, DeploymentId = deploymentId }, stop), cancellationToken);

    /// <inheritdoc />
    public Task<string?> FindCancelRequestAsync(string deploymentId, CancellationToken cancellationToken) =>
        UseAsync((connection, stop) => ActionTable.FindCancelAsync(connection, deploymentId, stop), cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<DecisionRequest>> ListQuestionsAsync(string? deploymentId, CancellationToken cancellationToken) =>
        await UseAsync((connection, stop) => QuestionTable.OpenAsync(connection, deploymentId, stop), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public Task<Decision?> AnswerAsync(DecisionRequest question, Decision decision, CancellationToken cancellationToken)
    {
        ActionQuery.Check(question, decision);
        return UseAsync((connection, stop) => ActionTable.AnswerAsync(connection, question, decision, stop), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var answered = await _database.SubscribeAsync("answer", request.Id, Patience, cancellationToken).ConfigureAwait(false);
        return await AnswerWait.ForAsync(
            over => UseAsync((connection, stop) => ActionTable.FindAnswerAsync(connection, request.Id, stop), over), stop => answered.WaitAsync(LongestPause, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ActionEntry>> ListActionsAsync(string? deploymentId, long? before, int limit, CancellationToken cancellationToken) =>
        await UseAsync((connection, stop) => ActionTable.ListAsync(connection, deploymentId, before, limit, stop), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public Task RecordActionAsync(ActionEntry action, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(action);
        return UseAsync((connection, stop) => ActionTable.AddAsync(connection, action, stop), cancellationToken);
    }

    /// <inheritdoc />
    public Stream OpenLog(string deploymentId)
    {
        ArgumentException.ThrowIfNullOrEmpty(deploymentId);
        return new LogStream(Logs, deploymentId, Limits);
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string deploymentId, long from, CancellationToken cancellationToken) =>
        LogReading.ReadAsync(Logs, deploymentId, from, cancellationToken);

    /// <inheritdoc />
    public Task<LogSummary?> FindLogAsync(string deploymentId, CancellationToken cancellationToken) => Logs.FindAsync(deploymentId, cancellationToken);

    /// <inheritdoc />
    public Task<int> PruneLogsAsync(CancellationToken cancellationToken) => Logs.PruneAsync(Limits, cancellationToken);

    /// <summary>Closes the connections.</summary>
    /// <returns>When they are closed.</returns>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>Ends a lease, if it is one of those that are meant. It is ended by its token: whoever has the target by then keeps it.</summary>
    private async Task<LeaseEntry?> EndAsync(string target, string reason, string by, Func<LeaseEntry, bool> isMeant, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (await FindLeaseAsync(target, cancellationToken).ConfigureAwait(false) is not { } lease || !isMeant(lease))
        {
            return null;
        }

        await UseAsync((connection, stop) => LeaseTable.UnlockAsync(connection, lease, reason, by, stop), cancellationToken).ConfigureAwait(false);
        return lease;
    }

    private Task<T> UseAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> act, CancellationToken cancellationToken) =>
        _database.UseAsync(act, Patience, cancellationToken);
}

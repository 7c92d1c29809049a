using Wercker.Pipeline.Locks;
using Wercker.Pipeline.PostgreSql;

namespace Wercker.Pipeline.Tool.State;

/// <summary>Runs in a database that machines share.</summary>
internal sealed class PostgreSqlRunStore(string connection) : IRunStore
{
    private readonly PostgreSqlStore _store = new(connection);

    public async Task<IReadOnlyList<RunEntry>> FindRunningAsync(string? target, CancellationToken cancellationToken) =>
        [.. (await _store.SearchAsync(new DeploymentSearch { Status = DeployStatus.Running, Target = target }, cancellationToken)).Select(entry => new RunEntry(entry.Id, entry.App, entry.Revision, entry.Target))];

    public async Task<RunLease?> FindLeaseAsync(string target, CancellationToken cancellationToken) => Of(await _store.FindLeaseAsync(target, cancellationToken));

    public async Task<RunLease?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken) => Of(await _store.UnlockAsync(target, reason, by, cancellationToken));

    public Task RequestCancelAsync(string id, string by, CancellationToken cancellationToken) => _store.RequestCancelAsync(id, by, cancellationToken);

    public Task<string?> FindCancelRequestAsync(string id, CancellationToken cancellationToken) => _store.FindCancelRequestAsync(id, cancellationToken);

    public Stream OpenLog(string id) => _store.OpenLog(id);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string id, long from, CancellationToken cancellationToken) => _store.ReadLogAsync(id, from, cancellationToken);

    public async Task<bool?> IsLogClosedAsync(string id, CancellationToken cancellationToken) => (await _store.FindLogAsync(id, cancellationToken))?.IsClosed;

    public ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken) => _store.AppendAsync(deployEvent, cancellationToken);

    public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) => _store.ReadAsync(deploymentId, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => _store.ListAsync(cancellationToken);

    public ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken) => _store.AcquireAsync(target, request, cancellationToken);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static RunLease? Of(LeaseEntry? lease) => lease is null ? null : new RunLease(lease.DeploymentId, lease.Owner, lease.Since, lease.IsOrphaned);
}

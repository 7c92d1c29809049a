namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>Connections that are used again. What nobody uses is kept up to a number, so that a fleet of thousands does not hold thousands.</summary>
internal sealed class HostPool(ISshConnector connector, int kept = 64) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(SshHost Host, ISshConnection Connection)> _idle = [];

    /// <summary>Runs something with a connection, made if need be.</summary>
    /// <exception cref="SshException">There is none to be had.</exception>
    public async Task<T> UseAsync<T>(SshHost host, Func<ISshConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        var lease = await LeaseAsync(host, cancellationToken).ConfigureAwait(false);
        await using var giving = lease.ConfigureAwait(false);
        var result = await use(lease.Connection).ConfigureAwait(false);
        lease.IsGood = true;
        return result;
    }

    /// <summary>Takes a connection for a while.</summary>
    /// <exception cref="SshException">There is none to be had.</exception>
    public async Task<ConnectionLease> LeaseAsync(SshHost host, CancellationToken cancellationToken) => new(
        await TakeAsync(host).ConfigureAwait(false) ?? await connector.ConnectAsync(host, cancellationToken).ConfigureAwait(false),
        (connection, isGood) => GiveBackAsync(host, connection, isGood));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        (SshHost, ISshConnection Connection)[] all;
        lock (_lock)
        {
            all = [.. _idle];
            _idle.Clear();
        }

        foreach (var (_, connection) in all)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<ISshConnection?> TakeAsync(SshHost host)
    {
        while (true)
        {
            ISshConnection? found = null;
            lock (_lock)
            {
                for (var node = _idle.Last; node is not null && found is null; node = node.Previous)
                {
                    if (ReferenceEquals(node.Value.Host, host) || node.Value.Host == host)
                    {
                        found = node.Value.Connection;
                        _idle.Remove(node);
                    }
                }
            }

            if (found is null || found.IsAlive)
            {
                return found;
            }

            await found.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task GiveBackAsync(SshHost host, ISshConnection connection, bool isGood)
    {
        var surplus = isGood ? null : connection;
        if (isGood)
        {
            lock (_lock)
            {
                _idle.AddLast((host, connection));
                if (_idle.Count > kept)
                {
                    surplus = _idle.First!.Value.Connection;
                    _idle.RemoveFirst();
                }
            }
        }

        if (surplus is not null)
        {
            await surplus.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>A connection that belongs to one user until it is given back.</summary>
/// <param name="connection">The connection.</param>
/// <param name="giveBack">Takes it, and whether it can be used again.</param>
internal sealed class ConnectionLease(ISshConnection connection, Func<ISshConnection, bool, Task> giveBack) : IAsyncDisposable
{
    public ISshConnection Connection { get; } = connection;

    /// <summary>Whether it can be used again. After an accident nobody knows what still comes over it: false until it is said.</summary>
    public bool IsGood { get; set; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await giveBack(Connection, IsGood && Connection.IsAlive).ConfigureAwait(false);
}

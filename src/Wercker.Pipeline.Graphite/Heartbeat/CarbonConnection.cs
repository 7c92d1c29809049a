using System.Net.Sockets;

namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>A connection to carbon, which takes what it is sent and never answers.</summary>
internal sealed class CarbonConnection(CarbonAddress address, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private TcpClient? _client;

    /// <summary>False when there is no connection, or carbon has closed it.</summary>
    public bool IsOpen => _client is { Client: { } socket } && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    /// <summary>Connects anew.</summary>
    /// <exception cref="Exception">There is no connection: nobody listens, no such host, no time left.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        Dispose();
        _client = new TcpClient { NoDelay = true };
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _client.ConnectAsync(address.Host, address.Port, either.Token).ConfigureAwait(false);
    }

    /// <summary>Writes a message whole.</summary>
    public async ValueTask SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _client!.GetStream().WriteAsync(message, either.Token).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Rendezvous;

/// <summary>
/// Where the client of a one-off dyno and the dyno meet: TLS from the first byte, the client names the secret of the
/// attach URL in one line, the server greets it, and from there on both sides are raw bytes.
/// </summary>
internal sealed class RendezvousServer(LocalPlatform platform) : IAsyncDisposable
{
    private const int LongestSecret = 4096;
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, platform.Options.RendezvousPort);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<RendezvousClient>> _expected = new(StringComparer.Ordinal);
    private readonly TaskSet _connections = new();
    private Task _accepting = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start()
    {
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The address at which a client may come for the dyno with the secret.</summary>
    public string Expect(string secret)
    {
        _expected[secret] = new TaskCompletionSource<RendezvousClient>(TaskCreationOptions.RunContinuationsAsynchronously);
        return $"rendezvous://127.0.0.1:{Port}/{secret}";
    }

    public void Forget(string secret) => _expected.TryRemove(secret, out _);

    /// <summary>Null when nobody came in time.</summary>
    public async Task<RendezvousClient?> AwaitClientAsync(string secret, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await _expected[secret].Task.WaitAsync(timeout, platform.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await _connections.WhenEmptyAsync().ConfigureAwait(false);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!platform.Stopping.IsCancellationRequested)
        {
            try
            {
                TcpClient connection = await _listener.AcceptTcpClientAsync(platform.Stopping).ConfigureAwait(false);
                _connections.Run(() => ServeAsync(connection));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        connection.NoDelay = true;
        var stream = new SslStream(connection.GetStream());
        RendezvousClient? client = null;
        try
        {
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(platform.Stopping))
            {
                patience.CancelAfter(HandshakeTimeout);
                var options = new SslServerAuthenticationOptions { ServerCertificate = platform.Authority.ServerCertificate };
                await stream.AuthenticateAsServerAsync(options, patience.Token).ConfigureAwait(false);
                string? secret = await ReadLineAsync(stream, patience.Token).ConfigureAwait(false);
                if (secret is null || platform.Faults.Take(Fault.RefuseRendezvous) || !_expected.TryRemove(secret, out var expected))
                {
                    return;
                }

                client = new RendezvousClient(connection, stream, platform.Time);
                await client.GreetAsync().ConfigureAwait(false);
                if (!expected.TrySetResult(client))
                {
                    client = null;
                    return;
                }
            }

            await client.Closed.WaitAsync(platform.Stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or SocketException or InvalidOperationException)
        {
            // A client that gives up, or one that is not talking TLS: the next one may do better.
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            connection.Dispose();
        }
    }

    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        // Byte by byte: what follows the line is standard input and belongs to the dyno.
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (line.Count < LongestSecret && await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 1)
        {
            if (one[0] == (byte)'\n')
            {
                return Encoding.UTF8.GetString(line.ToArray()).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}

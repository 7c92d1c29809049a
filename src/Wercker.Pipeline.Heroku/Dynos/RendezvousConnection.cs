using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>The connection to an attached one-off dyno: TLS, one line with the secret of its address, one line of greeting, then raw bytes.</summary>
internal sealed class RendezvousConnection : IAsyncDisposable
{
    private const int DefaultPort = 5000;
    private const int LongestGreeting = 1024;
    private readonly TcpClient _client;
    private readonly SslStream _stream;

    private RendezvousConnection(TcpClient client, SslStream stream)
    {
        _client = client;
        _stream = stream;
    }

    /// <summary>Connects and greets.</summary>
    /// <exception cref="HerokuException">It could not be reached, is not who it says, or does not greet.</exception>
    public static async Task<RendezvousConnection> OpenAsync(string? attachUrl, string dyno, CertificateTrust trust, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(attachUrl, UriKind.Absolute, out var url) || url.Scheme is "http" or "https")
        {
            throw new HerokuException(
                $"Dyno {dyno} cannot be attached to: its address is {(url is null ? "missing" : $"of the kind {url.Scheme}, as in private spaces")}. Set \"detachedCommands\" to true.");
        }

        var port = url.Port > 0 ? url.Port : DefaultPort;
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(url.Host, port, cancellationToken).ConfigureAwait(false);
            var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = url.Host, CertificateChainPolicy = trust.ToPolicy() }, cancellationToken).ConfigureAwait(false);
            var connection = new RendezvousConnection(client, stream);
            await connection.GreetAsync(url.PathAndQuery.TrimStart('/'), dyno, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (AuthenticationException e)
        {
            client.Dispose();
            throw new HerokuException($"Dyno {dyno}: the certificate of {url.Host}:{port} is not trusted: {e.Message} If it is right, name its authority with \"caFile\".", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            client.Dispose();
            throw new HerokuException(
                $"Dyno {dyno} could not be attached to at {url.Host}:{port}: {e.Message} If the network lets nothing out to port {port}, set \"detachedCommands\" to true.", e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private async Task GreetAsync(string secret, string dyno, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(secret + "\r\n"), cancellationToken).ConfigureAwait(false);

        // Byte by byte: what follows the line is output of the command.
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < LongestGreeting && await _stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 1)
        {
            if (one[0] == (byte)'\n')
            {
                var greeting = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                if (!greeting.StartsWith("rendezvous", StringComparison.Ordinal))
                {
                    break;
                }

                // End of standard input: nobody is there to type.
                await _stream.WriteAsync(new byte[] { 4 }, cancellationToken).ConfigureAwait(false);
                return;
            }

            line.Add(one[0]);
        }

        throw new HerokuException($"Dyno {dyno}: the connection was closed before the dyno greeted. Whether the command ran is unknown.");
    }
}

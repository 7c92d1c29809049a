using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wercker.Pipeline.Docker.Tests.Engines;

/// <summary>The engine as it is reached over a network: TCP, TLS, and only for those who show a certificate of its authority. What comes through goes to the engine's socket.</summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _authority = MakeAuthority("authority of the engine");
    private readonly X509Certificate2 _stranger = MakeAuthority("authority of somebody else");
    private readonly X509Certificate2 _own;
    private readonly Task _accepting;

    public TlsProxy()
    {
        _own = Issue(_authority, "engine", isServer: true);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Writes ca.pem, cert.pem and key.pem.</summary>
    public void WriteCertificates(string directory, bool knowsTheAuthority = true, bool isKnown = true)
    {
        using var own = Issue(isKnown ? _authority : _stranger, "client", isServer: false);
        File.WriteAllText(Path.Combine(directory, "ca.pem"), (knowsTheAuthority ? _authority : _stranger).ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "cert.pem"), own.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "key.pem"), own.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
        _own.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            // Stopped between two clients, the listener has no exception of its own for it.
            while (!_end.IsCancellationRequested)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Disposed, or stopped.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await using var tls = new SslStream(new NetworkStream(client, ownsSocket: true));
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _own, ClientCertificateRequired = true, RemoteCertificateValidationCallback = IsOfTheAuthority },
                _end.Token);
            await engine.ConnectAsync(new UnixDomainSocketEndPoint("/var/run/docker.sock"), _end.Token);
            await using var stream = new NetworkStream(engine);
            var request = CopyAsync(tls, stream, () => engine.Shutdown(SocketShutdown.Send));
            var answer = CopyAsync(stream, tls, () => tls.ShutdownAsync().Wait(_end.Token));
            await answer;

            // Not closed before the other side does: what it has not read yet would be lost with the connection.
            client.Shutdown(SocketShutdown.Send);
            await request;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side has gone, or was not let in.
        }
    }

    private async Task CopyAsync(Stream from, Stream to, Action finish)
    {
        try
        {
            await from.CopyToAsync(to, _end.Token);
            finish();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ends too.
        }
    }

    private bool IsOfTheAuthority(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.Add(_authority);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is not null && own.Build(X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, bool isServer)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], critical: false));
        if (isServer)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Handler.Abstractions;
using Microsoft.Net.Http.Client;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Engines;

/// <summary>TLS in both directions with an engine: its certificate must be of our authority, and ours is shown to it.</summary>
internal sealed class EngineCertificates : IAuthProvider
{
    private readonly X509Certificate2Collection _authorities;
    private readonly X509Certificate2 _own;

    private EngineCertificates(X509Certificate2Collection authorities, X509Certificate2 own)
    {
        _authorities = authorities;
        _own = own;
    }

    /// <inheritdoc />
    public bool TlsEnabled => true;

    /// <summary>Reads ca.pem, cert.pem and key.pem.</summary>
    /// <exception cref="SandboxException">One cannot be read.</exception>
    public static EngineCertificates Load(string directory)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Path.Combine(directory, "ca.pem"));
            return new EngineCertificates(authorities, X509Certificate2.CreateFromPemFile(Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SandboxException($"The certificates for the Docker engine cannot be read: {e.Message} Put ca.pem, cert.pem and key.pem into {directory}, or name another directory with DOCKER_CERT_PATH.", e);
        }
    }

    /// <inheritdoc />
    public HttpMessageHandler ConfigureHandler(HttpMessageHandler handler)
    {
        if (handler is ManagedHandler managed)
        {
            managed.ClientCertificates = [_own];
            managed.ServerCertificateValidationCallback = Validate;
        }
        else if (handler is SocketsHttpHandler sockets)
        {
            sockets.SslOptions.ClientCertificates = [_own];
            sockets.SslOptions.RemoteCertificateValidationCallback = Validate;
        }

        return handler;
    }

    /// <summary>Accepts a certificate of our own authority for this name, and no other.</summary>
    internal bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(presented);
    }
}

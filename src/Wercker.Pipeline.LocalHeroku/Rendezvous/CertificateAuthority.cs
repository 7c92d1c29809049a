using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wercker.Pipeline.LocalHeroku.Rendezvous;

/// <summary>Made at start and forgotten at the end: a CA whose key never touches the disk, and one certificate for this machine.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    public CertificateAuthority(TimeProvider time)
    {
        DateTimeOffset from = time.GetUtcNow().AddDays(-1);
        DateTimeOffset until = from.AddYears(1);
        using ECDsa caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ca = new CertificateRequest("CN=Local Heroku CA", caKey, HashAlgorithmName.SHA256);
        ca.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        ca.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        ca.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(ca.PublicKey, false));
        using X509Certificate2 issuer = ca.CreateSelfSigned(from, until);
        Certificate = X509CertificateLoader.LoadCertificate(issuer.RawData);

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        server.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        using X509Certificate2 signed = server.Create(issuer, from, until, RandomNumberGenerator.GetBytes(12));
        ServerCertificate = signed.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 ServerCertificate { get; }

    public void Dispose()
    {
        ServerCertificate.Dispose();
        Certificate.Dispose();
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wercker.Pipeline.Heroku.Api;

/// <summary>Whom to believe that a host is who it says: the system's authorities, or those of one file.</summary>
internal sealed class CertificateTrust
{
    private readonly X509Certificate2Collection? _authorities;

    private CertificateTrust(X509Certificate2Collection? authorities) => _authorities = authorities;

    /// <exception cref="ConfigurationException">The file cannot be read, or holds no certificate.</exception>
    public static CertificateTrust Of(string? caFile)
    {
        if (caFile is null)
        {
            return new CertificateTrust(null);
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"The file of certificate authorities {caFile} cannot be read: {e.Message} Correct \"caFile\".", e);
        }

        return authorities.Count > 0
            ? new CertificateTrust(authorities)
            : throw new ConfigurationException($"The file of certificate authorities {caFile} holds no certificate. It must be a PEM file.");
    }

    /// <summary>The rules for one connection; null for the system's.</summary>
    public X509ChainPolicy? ToPolicy()
    {
        if (_authorities is null)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }
}

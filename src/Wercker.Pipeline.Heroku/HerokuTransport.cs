namespace Wercker.Pipeline.Heroku;

/// <summary>How the files get to Heroku.</summary>
public enum HerokuTransport
{
    /// <summary>git over HTTPS; the API key is the credential.</summary>
    Https,

    /// <summary>An uploaded archive and the Build API; needs no git on this machine.</summary>
    BuildApi,

    /// <summary>git over SSH with a key made for this deployment, for platforms that still have it.</summary>
    Ssh,
}

/// <summary>Kinds of SSH keys.</summary>
public enum HerokuSshKeyType
{
    /// <summary>Ed25519.</summary>
    Ed25519,

    /// <summary>RSA with 4096 bits, for platforms that know nothing newer.</summary>
    Rsa,
}

using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Ssh;

/// <summary>How hosts are connected to, and as whom. A host whose key is not known is refused: there is no trust at first sight.</summary>
public sealed record SshLogin
{
    /// <summary>The user of hosts that name none. Default: the user of this process.</summary>
    public string User { get; init; } = Environment.UserName;

    /// <summary>The private key file; null for ~/.ssh/id_ed25519, id_ecdsa or id_rsa, whichever is there first.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The private key itself, as its file would hold it, for machines without one; null for <see cref="KeyFile"/>.</summary>
    public Secret? Key { get; init; }

    /// <summary>The passphrase of the key; null when it has none.</summary>
    public Secret? Passphrase { get; init; }

    /// <summary>The password of the user; null to log in with a key only.</summary>
    public Secret? Password { get; init; }

    /// <summary>The known_hosts file; null for ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Who speaks SSH. Default: SSH.NET.</summary>
    public SshClientKind Client { get; init; }

    /// <summary>Which way of agreeing on keys comes first. Default: the strongest.</summary>
    public SshKeyExchange KeyExchange { get; init; }

    /// <summary>The configuration file of <c>ssh</c>, for <see cref="SshClientKind.OpenSsh"/>; null for the user's own.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>How long a connection may take, log in included. Default: 15 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init => field = Positive(value, nameof(ConnectTimeout)); } = TimeSpan.FromSeconds(15);

    /// <summary>How often a silent connection is asked whether it still lives. Default: 15 seconds.</summary>
    public TimeSpan KeepAlive { get; init => field = Positive(value, nameof(KeepAlive)); } = TimeSpan.FromSeconds(15);

    private static TimeSpan Positive(TimeSpan value, string name) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"{name} is {value}: it must be longer than zero.");
}

using System.Net.Sockets;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>Connections of SSH.NET.</summary>
internal sealed class SshNetConnector(SshLogin login) : ISshConnector
{
    private static readonly string[] UsualKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    // Read once for all hosts; whoever changes the files starts a new deployment.
    private readonly Lazy<KnownHosts> _known = new(() => KnownHosts.Read(login.KnownHostsFile is { } file ? [file] : [Home("known_hosts"), "/etc/ssh/ssh_known_hosts"]));
    private readonly Lazy<PrivateKeyFile?> _key = new(() => ReadKey(login));

    /// <inheritdoc />
    public async Task<ISshConnection> ConnectAsync(SshHost host, CancellationToken cancellationToken)
    {
        var info = new ConnectionInfo(host.Address, host.Port, host.User ?? login.User, [.. Methods(host)]) { Timeout = login.ConnectTimeout };
        Prefer(info, host);
        if (login.KeyExchange == SshKeyExchange.Fastest)
        {
            PutLast(info, "sntrup761");
        }

        string? refusal = null;
        var client = new SshClient(info) { KeepAliveInterval = login.KeepAlive };
        client.HostKeyReceived += (_, key) =>
        {
            refusal = FindRefusal(host, key);
            key.CanTrust = refusal is null;
        };
        try
        {
            // Part of the handshake is computed on the caller's thread.
            await Task.Run(() => client.ConnectAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            return new SshNetConnection(host, client, login.KeepAlive);
        }
        catch (Exception e) when (Explain(e, host, refusal) is { } explained)
        {
            client.Dispose();
            throw explained;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private Renci.SshNet.AuthenticationMethod[] Methods(SshHost host)
    {
        var user = host.User ?? login.User;
        var methods = new List<Renci.SshNet.AuthenticationMethod>();
        if (_key.Value is { } key)
        {
            methods.Add(new PrivateKeyAuthenticationMethod(user, key));
        }

        if (login.Password is { } password)
        {
            methods.Add(new PasswordAuthenticationMethod(user, password.Reveal()));
        }

        return methods.Count > 0 ? [.. methods]
            : throw new SshException(host.Name, $"there is nothing to log in with: no key file {string.Join(", ", UsualKeys.Select(Home))}, and no password. Set \"key\", or \"client\": \"openssh\" for an agent.");
    }

    private void Prefer(ConnectionInfo info, SshHost host)
    {
        if (host.Fingerprint is not null)
        {
            return;
        }

        // A host with several keys shows the one it is asked for; only the known ones can be judged.
        var kinds = _known.Value.KindsOf(host.Address, host.Port).SelectMany(kind => kind == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : new[] { kind }).ToHashSet();
        if (kinds.Count > 0 && info.HostKeyAlgorithms.Keys.Any(kinds.Contains))
        {
            foreach (var other in info.HostKeyAlgorithms.Keys.Where(name => !kinds.Contains(name)).ToArray())
            {
                info.HostKeyAlgorithms.Remove(other);
            }
        }
    }

    private static void PutLast(ConnectionInfo info, string kind)
    {
        foreach (var slow in info.KeyExchangeAlgorithms.Where(way => way.Key.StartsWith(kind, StringComparison.Ordinal)).ToArray())
        {
            info.KeyExchangeAlgorithms.Remove(slow.Key);
            info.KeyExchangeAlgorithms.Add(slow.Key, slow.Value);
        }
    }

    private string? FindRefusal(SshHost host, HostKeyEventArgs key)
    {
        var found = $"SHA256:{key.FingerPrintSHA256}";
        if (host.Fingerprint is { } expected)
        {
            return found == expected ? null : $"its key has the fingerprint {found}, but {expected} is expected. Somebody may be listening; or the machine is a new one: then change \"fingerprint\".";
        }

        var kind = Kind(key.HostKey);
        return _known.Value.Judge(host.Address, host.Port, kind, key.HostKey) switch
        {
            KnownHosts.Verdict.Known => null,
            KnownHosts.Verdict.Revoked => $"its key {found} is marked as revoked in {_known.Value.Places}.",
            KnownHosts.Verdict.Changed => $"its key {kind} {found} is not the one in {_known.Value.Places}. Somebody may be listening; or the machine is a new one: then replace its line there.",
            _ => $"its key {kind} {found} is not known. Compare it with `ssh-keygen -lf` on the host, then add it to {_known.Value.Places} (ssh-keyscan -p {host.Port} {host.Address}), or set \"fingerprint\".",
        };
    }

    private SshException? Explain(Exception e, SshHost host, string? refusal) => e switch
    {
        _ when refusal is not null => new SshException(host.Name, refusal, e),
        SshAuthenticationException => new SshException(host.Name, $"does not let {host.User ?? login.User} in: {e.Message.TrimEnd('.')}. Is the key in ~/.ssh/authorized_keys over there?", e),
        SshOperationTimeoutException => new SshException(host.Name, $"does not answer within {login.ConnectTimeout.TotalSeconds:0} seconds at {host.Address}:{host.Port}.", e) { IsUnreachable = true },
        SocketException or SshConnectionException or ProxyException or ObjectDisposedException => new SshException(host.Name, $"cannot be reached at {host.Address}:{host.Port}: {e.Message}", e) { IsUnreachable = true },
        Renci.SshNet.Common.SshException => new SshException(host.Name, $"the connection to {host.Address}:{host.Port} could not be made: {e.Message}", e),
        _ => null,
    };

    private static PrivateKeyFile? ReadKey(SshLogin login)
    {
        var file = login.KeyFile ?? UsualKeys.Select(Home).FirstOrDefault(File.Exists);
        if (login.Key is null && file is null)
        {
            return null;
        }

        try
        {
            using var text = login.Key is { } key ? new MemoryStream(Encoding.UTF8.GetBytes(Unescape(key))) : null;
            return text is null ? new PrivateKeyFile(file!, login.Passphrase?.Reveal()) : new PrivateKeyFile(text, login.Passphrase?.Reveal());
        }
        catch (Exception e) when (e is Renci.SshNet.Common.SshException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // A usual key that cannot be used is no mistake of the settings when there is a password.
            return login is { Key: null, KeyFile: null, Password: not null } ? null
                : throw new ConfigurationException($"The key {(login.Key is null ? file : "of the settings")} cannot be used: {e.Message} With \"client\": \"openssh\" it is left to ssh and its agent.");
        }
    }

    /// <summary>Key pairs travel through variables with their line breaks as two characters.</summary>
    internal static string Unescape(Secret key) => key.Reveal().Replace("\\n", "\n", StringComparison.Ordinal).TrimEnd() + "\n";

    private static string Kind(byte[] key) => Encoding.ASCII.GetString(key, 4, (key[0] << 24) | (key[1] << 16) | (key[2] << 8) | key[3]);

    internal static string Home(string file) => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", file);
}

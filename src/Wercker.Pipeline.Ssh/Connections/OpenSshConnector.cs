using System.Diagnostics;
using System.Globalization;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>Connections of the program <c>ssh</c>: one that stays, and others through it.</summary>
internal sealed class OpenSshConnector(SshLogin login) : ISshConnector
{
    private const int OwnError = 255;

    /// <inheritdoc />
    public async Task<ISshConnection> ConnectAsync(SshHost host, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("wercker-ssh-");
        var connection = new OpenSshConnection(host, new OpenSshCommand(login, host, directory.FullName), directory);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(login.ConnectTimeout + login.ConnectTimeout);
            await connection.OpenAsync(patience.Token).ConfigureAwait(false);
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new SshException(host.Name, $"ssh does not get through to {host.Address}:{host.Port}.") { IsUnreachable = true };
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What ssh's own exit code and words mean.</summary>
    internal static SshException? Explain(SshHost host, int exitCode, string words) => exitCode != OwnError ? null
        : words.Contains("Host key verification failed", StringComparison.Ordinal) || words.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal)
            ? new SshException(host.Name, $"its key is not the known one: {LastLine(words)} Compare it with `ssh-keygen -lf` on the host, then put it into the known_hosts file, or set \"fingerprint\".")
        : words.Contains("Permission denied", StringComparison.Ordinal) || words.Contains("Too many authentication failures", StringComparison.Ordinal)
            ? new SshException(host.Name, $"does not let us in: {LastLine(words)}")
        : new SshException(host.Name, $"ssh: {LastLine(words)}") { IsUnreachable = true };

    private static string LastLine(string words) => words.Trim().Split('\n')[^1].Trim() is { Length: > 0 } line ? line : "no word about why.";
}

/// <summary>Makes the command lines of <c>ssh</c> to one host.</summary>
/// <param name="login">How.</param>
/// <param name="host">Where.</param>
/// <param name="directory">A private directory for sockets and scripts.</param>
internal sealed class OpenSshCommand(SshLogin login, SshHost host, string directory)
{
    private const string SecretVariable = "WERCKER_SSH_SECRET";
    private const int DefaultPort = 22;

    /// <param name="command">The command over there; null for none.</param>
    /// <param name="options">Further options of ssh.</param>
    public ProcessStartInfo Of(string? command, params IReadOnlyList<string> options)
    {
        var start = new ProcessStartInfo("ssh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (login.ConfigFile is { } config)
        {
            Add(start, "-F", config);
        }

        Option(start, "ConnectTimeout", Math.Ceiling(login.ConnectTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        Option(start, "ServerAliveInterval", Math.Ceiling(login.KeepAlive.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        Option(start, "ServerAliveCountMax", "3");
        Option(start, "StrictHostKeyChecking", "yes");
        Option(start, "LogLevel", "ERROR");
        Option(start, "ControlPath", Path.Combine(directory, "c"));
        if (login.KeyExchange == SshKeyExchange.Fastest)
        {
            // Older clients have no ML-KEM, and would refuse its name.
            Option(start, "KexAlgorithms", "^curve25519-sha256");
        }

        Trust(start);
        Identify(start);
        foreach (var option in options)
        {
            start.ArgumentList.Add(option);
        }

        Add(start, "-T");
        if (host.Port != DefaultPort)
        {
            // Else its configuration may know another one.
            Add(start, "-p", host.Port.ToString(CultureInfo.InvariantCulture));
        }

        if ((host.User ?? (login.User != Environment.UserName ? login.User : null)) is { } user)
        {
            Add(start, "-l", user);
        }

        Add(start, "--", host.Address);
        if (command is not null)
        {
            start.ArgumentList.Add(command);
        }

        return start;
    }

    private void Trust(ProcessStartInfo start)
    {
        if (host.Fingerprint is { } fingerprint)
        {
            // ssh asks this script for lines of known_hosts; it vouches for the key only when its fingerprint is the expected one.
            var script = Script("known", "#!/bin/sh\n[ \"$1\" = \"$2\" ] && printf '%s %s %s\\n' \"$3\" \"$4\" \"$5\"\nexit 0\n");
            Option(start, "UserKnownHostsFile", "/dev/null");
            Option(start, "GlobalKnownHostsFile", "/dev/null");
            Option(start, "KnownHostsCommand", $"{script} {fingerprint} %f %H %t %K");
        }
        else if (login.KnownHostsFile is { } file)
        {
            Option(start, "UserKnownHostsFile", file);
            Option(start, "GlobalKnownHostsFile", "/dev/null");
        }
    }

    private void Identify(ProcessStartInfo start)
    {
        var file = login.Key is { } key ? Write("key", SshNetConnector.Unescape(key), UnixFileMode.UserRead | UnixFileMode.UserWrite) : login.KeyFile;
        if (file is not null)
        {
            Option(start, "IdentitiesOnly", "yes");
            Add(start, "-i", file);
        }

        if ((login.Passphrase ?? login.Password) is { } secret)
        {
            // ssh takes secrets from a terminal or from a program; the program gets it in its environment, which only this user can read.
            start.Environment["SSH_ASKPASS"] = Script("ask", $"#!/bin/sh\nprintf '%s\\n' \"${SecretVariable}\"\n");
            start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
            start.Environment[SecretVariable] = secret.Reveal();
            Option(start, "NumberOfPasswordPrompts", "1");
        }
        else
        {
            Option(start, "BatchMode", "yes");
        }
    }

    private string Script(string name, string text) => Write(name, text, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private string Write(string name, string text, UnixFileMode mode)
    {
        var file = Path.Combine(directory, name);
        if (!File.Exists(file))
        {
            // Not over a file handle that a child of another thread could inherit: a script that is open for writing cannot be started.
            File.WriteAllText(file + ".new", text);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file + ".new", mode);
            }

            File.Move(file + ".new", file, overwrite: true);
        }

        return file;
    }

    private static void Option(ProcessStartInfo start, string name, string value) => Add(start, "-o", $"{name}={value}");

    private static void Add(ProcessStartInfo start, params IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
    }
}

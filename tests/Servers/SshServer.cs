using System.Diagnostics;
using System.Net.Sockets;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>OpenSSH's server on loopback, or many of them, each a process with an address of its own. As root it also knows a user without rights, who may log in with a password.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    /// <summary>The user without rights; only when the tests run as root.</summary>
    public const string Plain = "wercker-plain";

    /// <summary>Its number.</summary>
    public const string PlainId = "64321";

    /// <summary>The password of that user.</summary>
    public const string Password = "correct-horse-battery";

    // A world of its own: home directories without the start-up files of this machine, one user more, who may use sudo, and a journal.
    private const string World =
        """
        set -e
        cd "$1"
        mount --bind home "$HOME"
        mount --bind passwd /etc/passwd
        mount --bind shadow /etc/shadow
        [ ! -f /etc/sudoers ] || mount --bind sudoers /etc/sudoers
        mount -t tmpfs none /var/log
        mkdir /var/log/journal
        mount --bind journal /var/log/journal
        [ ! -e /etc/machine-id ] || mount --bind machine-id /etc/machine-id
        mkdir -p /run/sshd
        exec sh "$1/listen" "$1"
        """;

    // One process for each address, as on machines of their own.
    private const string Listen =
        """
        while read -r address; do
          /usr/sbin/sshd -D -e -f "$1/sshd_config" -o ListenAddress="$address" -o PidFile="$1/pid-$address" &
        done < "$1/addresses"
        wait
        """;

    private const string Machine = "3f0c7d0a5bd24ef1a0a2c52b13b1b1e4";
    private readonly ServerProcess _process;

    private SshServer(ServerProcess process, string directory, IReadOnlyList<string> addresses, int port)
    {
        _process = process;
        Directory = directory;
        Addresses = addresses;
        Port = port;
    }

    /// <summary>Where its files are.</summary>
    public string Directory { get; }

    /// <summary>Its port, the same at every address.</summary>
    public int Port { get; }

    /// <summary>127.0.0.1; of many 127.0.1.1 and on, so that no port of theirs is ever taken by a connection of somebody else.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>The listening process, of the first address.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The first directory in which its sessions look for programs; empty at the beginning.</summary>
    public string Programs => Path.Combine(Directory, "bin");

    /// <summary>Where it keeps its journal; only as root.</summary>
    public string Journal => Path.Combine(Directory, "journal", Machine);

    /// <summary>True when the tests run as root.</summary>
    public static bool IsRoot { get; } = Environment.UserName == "root";

    /// <summary>The private key that lets in.</summary>
    public string Key => Path.Combine(Directory, "id");

    /// <summary>The file that knows the server's key.</summary>
    public string KnownHosts => Path.Combine(Directory, "known_hosts");

    /// <summary>The fingerprint of its key.</summary>
    public string Fingerprint => Run("ssh-keygen", "-lf", Path.Combine(Directory, "host.pub")).Split(' ')[1];

    /// <summary>Starts one in a directory of its own.</summary>
    /// <param name="programs">Where its sessions look for programs besides <see cref="Programs"/>.</param>
    /// <param name="count">How many servers. Many have the same key and let in the same; they agree on keys in the way that costs least.</param>
    /// <param name="logLevel">How much they write into their log.</param>
    public static async Task<SshServer> StartAsync(string programs = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", int count = 1, string logLevel = "INFO")
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("wercker-sshd-").FullName;
        Run("chmod", "755", directory);
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(directory, "host"));
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(directory, "id"));
        File.Copy(Path.Combine(directory, "id.pub"), Path.Combine(directory, "authorized_keys"));
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "bin"));
        var port = ServerProcess.FreePort();
        string[] addresses = count == 1 ? ["127.0.0.1"] : [.. Enumerable.Range(1, count).Select(i => $"127.0.1.{i}")];
        var key = string.Join(' ', (await File.ReadAllTextAsync(Path.Combine(directory, "host.pub"))).Split(' ')[..2]);
        await File.WriteAllLinesAsync(Path.Combine(directory, "known_hosts"), addresses.Select(address => $"[{address}]:{port} {key}"));
        await File.WriteAllLinesAsync(Path.Combine(directory, "addresses"), addresses);
        await File.WriteAllTextAsync(Path.Combine(directory, "listen"), Listen);
        await File.WriteAllTextAsync(
            Path.Combine(directory, "sshd_config"),
            $"""
            Port {port}
            HostKey {directory}/host
            AuthorizedKeysFile {directory}/authorized_keys
            StrictModes no
            UsePAM no
            UseDNS no
            PasswordAuthentication yes
            KbdInteractiveAuthentication no
            MaxStartups 500
            MaxSessions 200
            AllowAgentForwarding no
            SetEnv PATH={directory}/bin:{programs}
            LogLevel {logLevel}
            Subsystem sftp internal-sftp
            {(count == 1 ? string.Empty : "KexAlgorithms curve25519-sha256")}

            """);
        string[] command = ["sh", Path.Combine(directory, "listen"), directory];
        if (IsRoot)
        {
            await PeopleAsync(directory);
            command = ["unshare", "-m", "sh", "-c", World, "world", directory];
        }

        var process = ServerProcess.Start(Path.Combine(directory, "log"), command);
        var server = new SshServer(process, directory, addresses, port);
        foreach (var address in addresses)
        {
            await process.UntilReadyAsync(async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(address, port);
                using var reader = new StreamReader(client.GetStream());
                return (await reader.ReadLineAsync())?.StartsWith("SSH-2.0", StringComparison.Ordinal) == true;
            });
        }

        var pid = Path.Combine(directory, $"pid-{addresses[0]}");
        await process.UntilReadyAsync(async () => int.TryParse(await File.ReadAllTextAsync(pid), out _));
        server.ProcessId = int.Parse(await File.ReadAllTextAsync(pid), System.Globalization.CultureInfo.InvariantCulture);
        return server;
    }

    /// <summary>What it has written.</summary>
    public string Log => File.ReadAllText(Path.Combine(Directory, "log"));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Runs a program and gives back what it prints.</summary>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}{output}");
    }

    private static async Task PeopleAsync(string directory)
    {
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "home"));
        var plain = System.IO.Directory.CreateDirectory(Path.Combine(directory, "plain")).FullName;
        Run("chown", $"{PlainId}:{PlainId}", plain);
        await File.WriteAllTextAsync(Path.Combine(directory, "passwd"), await File.ReadAllTextAsync("/etc/passwd") + $"{Plain}:x:{PlainId}:{PlainId}::{plain}:/bin/sh\n");
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "journal", Machine));
        await File.WriteAllTextAsync(Path.Combine(directory, "machine-id"), Machine + "\n");
        await File.WriteAllTextAsync(Path.Combine(directory, "sudoers"), $"root ALL=(ALL) ALL\n{Plain} ALL=(root) ALL\n");
        Run("chmod", "440", Path.Combine(directory, "sudoers"));
        await File.WriteAllTextAsync(Path.Combine(directory, "shadow"), await File.ReadAllTextAsync("/etc/shadow") + $"{Plain}:{Run("openssl", "passwd", "-6", Password).Trim()}:20000:0:99999:7:::\n");
        Run("chmod", "600", Path.Combine(directory, "shadow"));
    }
}

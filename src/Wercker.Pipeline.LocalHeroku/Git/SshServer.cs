using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Git;

/// <summary>Git over SSH by a private sshd: the keys registered with the account may push, and may do nothing else.</summary>
internal sealed class SshServer(LocalPlatform platform) : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd", "/sbin/sshd"];
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private ChildProcess? _sshd;
    private Task _log = Task.CompletedTask;

    public int? Port { get; private set; }

    private string Directory => Path.Combine(platform.Directory, "ssh");

    private string AuthorizedKeys => Path.Combine(Directory, "authorized_keys");

    public string? Url(string app) => Port is { } port ? $"ssh://{Environment.UserName}@127.0.0.1:{port}/{app}.git" : null;

    /// <summary>Contents of a known_hosts file; null without sshd.</summary>
    public string? HostKey { get; private set; }

    /// <exception cref="InvalidOperationException">sshd is installed and does not start.</exception>
    public async Task StartAsync()
    {
        string? program = Array.Find(Places, File.Exists);
        if (program is null || !platform.Options.EnableSsh)
        {
            return;
        }

        System.IO.Directory.CreateDirectory(Directory);
        string hostKey = Path.Combine(Directory, "host_key");
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", hostKey).ConfigureAwait(false);
        await WriteCommandAsync().ConfigureAwait(false);
        Allow([]);
        int port = platform.Options.SshPort != 0 ? platform.Options.SshPort : FreePort();
        string configuration = Path.Combine(Directory, "sshd_config");
        await File.WriteAllTextAsync(configuration, Configuration(port, hostKey)).ConfigureAwait(false);
        if (Environment.UserName == "root")
        {
            System.IO.Directory.CreateDirectory("/run/sshd");
        }

        var errors = new List<string>();
        _sshd = platform.Launcher.Start(new LaunchSpec(program, ["-D", "-e", "-f", configuration], Directory));
        _sshd.CloseInput();
        _log = Task.WhenAll(LineReader.ReadAsync(_sshd.Output, static _ => { }), LineReader.ReadAsync(_sshd.Error, line =>
        {
            lock (_lock)
            {
                errors.Add(line);
            }
        }));
        await AwaitBannerAsync(port, errors).ConfigureAwait(false);
        string publicKey = await File.ReadAllTextAsync(hostKey + ".pub").ConfigureAwait(false);
        HostKey = $"[127.0.0.1]:{port} {publicKey.Trim()}\n";
        Port = port;
    }

    /// <summary>From now on exactly these keys may push.</summary>
    public void Allow(IReadOnlyList<SshKey> keys)
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return;
        }

        lock (_lock)
        {
            string command = Path.Combine(Directory, "command");
            string next = AuthorizedKeys + ".next";
            File.WriteAllLines(next, keys.Select(k => $"command=\"{command}\",restrict {k.Type} {k.Data}"));
            File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(next, AuthorizedKeys, overwrite: true);
        }
    }

    /// <summary>Cuts the connections that are open; the listener stays.</summary>
    public Task CutAsync() => ProcessTree.KillAsync(leader: null, new ProcessTraces($"LOCAL_HEROKU_SSH={platform.Pushes.Token}"), platform.Time);

    public async ValueTask DisposeAsync()
    {
        if (_sshd is not null)
        {
            await _sshd.DisposeAsync().ConfigureAwait(false);
            await _sshd.DrainAsync(_log).ConfigureAwait(false);
        }
    }

    private string Configuration(int port, string hostKey) =>
        $"""
        Port {port}
        ListenAddress 127.0.0.1
        HostKey {hostKey}
        PidFile none
        AuthorizedKeysFile {AuthorizedKeys}
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        AuthenticationMethods publickey
        PermitRootLogin prohibit-password
        AllowUsers {Environment.UserName}
        UseDNS no
        PrintMotd no
        PrintLastLog no
        PermitUserEnvironment no
        PermitUserRC no
        MaxStartups 50:30:100
        LogLevel ERROR

        """;

    private async Task WriteCommandAsync()
    {
        string path = Path.Combine(Directory, "command");
        string repositories = Path.Combine(platform.Directory, GitRepository.Room);
        await File.WriteAllTextAsync(path, $$"""
            #!/usr/bin/env bash
            export {{platform.Launcher.Marker}} LOCAL_HEROKU_SSH={{platform.Pushes.Token}} HOME="{{platform.Directory}}" GIT_CONFIG_NOSYSTEM=1
            pattern="^git[- ](receive-pack|upload-pack) '?/?([a-z][a-z0-9-]*)(\.git)?'?$"
            if [[ ${SSH_ORIGINAL_COMMAND-} =~ $pattern ]] && [ -d "{{repositories}}/${BASH_REMATCH[2]}.git" ]; then
              exec git "${BASH_REMATCH[1]}" "{{repositories}}/${BASH_REMATCH[2]}.git"
            fi
            echo " !  Couldn't find that app, or the command is no git command." >&2
            exit 1

            """).ConfigureAwait(false);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task AwaitBannerAsync(int port, List<string> errors)
    {
        long start = platform.Time.GetTimestamp();
        while (!_sshd!.Exited.IsCompleted && platform.Time.GetElapsedTime(start) < StartTimeout)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
                byte[] banner = new byte[4];
                await client.GetStream().ReadExactlyAsync(banner).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), platform.Time).ConfigureAwait(false);
            }
        }

        lock (_lock)
        {
            throw new InvalidOperationException("sshd did not start: " + string.Join(' ', errors));
        }
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        ChildProcess process = platform.Launcher.Start(new LaunchSpec(program, arguments, Directory));
        await using (process.ConfigureAwait(false))
        {
            process.CloseInput();
            await Task.WhenAll(LineReader.ReadAsync(process.Output, static _ => { }), LineReader.ReadAsync(process.Error, static _ => { })).ConfigureAwait(false);
            int status = await process.Exited.ConfigureAwait(false);
            if (status != 0)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} exited with status {status}"));
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

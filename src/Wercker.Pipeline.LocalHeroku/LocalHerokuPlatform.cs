using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku;

/// <summary>
/// A platform on loopback that speaks Heroku's protocols: the Platform API, git, builds, releases, dynos that are real
/// processes, the router, logs, and one-off dynos. Needs git, bash, tar and setsid; for git over SSH, OpenSSH's server.
/// </summary>
/// <remarks>Disposing ends every process that was started, whatever it did to get away, and removes every file.</remarks>
public sealed class LocalHerokuPlatform : IAsyncDisposable
{
    private readonly LocalPlatform _platform;
    private readonly WebServer _server;
    private int _disposed;

    private LocalHerokuPlatform(LocalPlatform platform)
    {
        _platform = platform;
        _server = new WebServer(platform);
    }

    /// <summary>Base address of the API, which answers http and https alike; HEROKU_HOST of the CLI.</summary>
    public Uri ApiUrl => _platform.ApiUrl;

    /// <summary>The key that the API and git accept.</summary>
    public string ApiKey => _platform.ApiKey;

    /// <summary>The app that was made at start.</summary>
    public string App => _platform.Options.App;

    /// <summary>Where the router serves the app. The name ends in .localhost; 127.0.0.1 with the same port works while there is one app only.</summary>
    public Uri WebUrl => _platform.WebUrl(App);

    /// <summary>Where git pushes to over HTTP, without credentials in it; the same with https works with <see cref="CaFile"/>.</summary>
    public Uri GitUrl => _platform.GitUrl(App);

    /// <summary>Where git pushes to over SSH; null when no sshd is installed or wanted.</summary>
    public Uri? SshGitUrl => _platform.Ssh.Url(App) is { } url ? new Uri(url) : null;

    /// <summary>The CA of the rendezvous server and of https, in PEM; NODE_EXTRA_CA_CERTS of the CLI, GIT_SSL_CAINFO of git.</summary>
    public string CaFile => _platform.CaFile;

    /// <summary>A known_hosts file for <see cref="SshGitUrl"/>, beside <see cref="CaFile"/>; null when there is no sshd.</summary>
    public string? KnownHostsFile { get; private set; }

    /// <summary>Where everything of the platform lies until it is disposed.</summary>
    public string Directory => _platform.Directory;

    /// <summary>The switches that make the platform fail.</summary>
    public LocalHerokuFaults Faults => _platform.Faults;

    /// <summary>Starts a platform with one empty app.</summary>
    /// <param name="options">What differs from the defaults.</param>
    /// <param name="cancellationToken">Gives the start up; what was started is taken away again.</param>
    /// <exception cref="ArgumentException">The app's name is not one that Heroku allows.</exception>
    /// <exception cref="IOException">A port that was asked for is taken.</exception>
    public static async Task<LocalHerokuPlatform> StartAsync(LocalHerokuOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalHerokuOptions();
        if (!AppRegistry.IsName(options.App))
        {
            throw new ArgumentException(
                $"'{options.App}' is no name for an app: 3 to 30 lower-case letters, digits and dashes, a letter first.", nameof(options));
        }

        var platform = new LocalHerokuPlatform(new LocalPlatform(options));
        try
        {
            await platform.StartAsync(cancellationToken).ConfigureAwait(false);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends everything. May be called more than once.</summary>
    /// <returns>A task that ends when no process and no file of the platform is left.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _platform.BeginStopAsync().ConfigureAwait(false);
            await _server.DisposeAsync().ConfigureAwait(false);
            await _platform.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _platform.Rendezvous.Start();
        _platform.Pushes.Start();
        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
        await _platform.Ssh.StartAsync().ConfigureAwait(false);
        if (_platform.Ssh.HostKey is { } key)
        {
            KnownHostsFile = Path.Combine(Directory, "known_hosts");
            await File.WriteAllTextAsync(KnownHostsFile, key, cancellationToken).ConfigureAwait(false);
        }

        await _platform.CreateAppAsync(App).ConfigureAwait(false);
    }
}

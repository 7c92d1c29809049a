using System.Collections.Concurrent;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Git;
using Wercker.Pipeline.LocalHeroku.Logs;
using Wercker.Pipeline.LocalHeroku.Processes;
using Wercker.Pipeline.LocalHeroku.Rendezvous;

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>Everything that the parts of one running platform share.</summary>
internal sealed class LocalPlatform : IAsyncDisposable
{
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();

    public LocalPlatform(LocalHerokuOptions options)
    {
        Options = options;
        Time = options.TimeProvider;
        ApiKey = options.ApiKey ?? "HRKU-" + Guid.NewGuid();
        Directory = WorkDirectory.Create(options.Directory);
        Launcher = new ProcessLauncher(Time, options.Environment);
        Authority = new CertificateAuthority(Time);
        CaFile = Path.Combine(Directory, "ca.pem");
        File.WriteAllText(CaFile, Authority.Certificate.ExportCertificatePem() + "\n");
        Account = new Account(options.Email, Time.GetUtcNow());
        Rendezvous = new RendezvousServer(this);
        Pushes = new PushGateway(this);
        Ssh = new SshServer(this);
    }

    public LocalHerokuOptions Options { get; }

    public TimeProvider Time { get; }

    public LocalHerokuFaults Faults { get; } = new();

    public string ApiKey { get; }

    public string Directory { get; }

    public ProcessLauncher Launcher { get; }

    public CertificateAuthority Authority { get; }

    public string CaFile { get; }

    public Account Account { get; }

    public RendezvousServer Rendezvous { get; }

    public PushGateway Pushes { get; }

    public SshServer Ssh { get; }

    /// <summary>For drains, and for sources that are fetched from elsewhere.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    public AppRegistry Apps { get; } = new();

    public ConcurrentDictionary<string, OutputStream> Streams { get; } = new();

    public ConcurrentDictionary<string, LogSession> LogSessions { get; } = new();

    /// <summary>Canceled when the platform goes down.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>How long processes may take to end; when the platform itself goes, not that long.</summary>
    public TimeSpan StopPatience => !_stop.IsCancellationRequested || Options.StopTimeout < LastPatience ? Options.StopTimeout : LastPatience;

    public int ApiPort { get; set; }

    public int WebPort { get; set; }

    public Uri ApiUrl => new($"http://127.0.0.1:{ApiPort}");

    public Uri WebUrl(string app) => new($"http://{app}.localhost:{WebPort}/");

    public Uri GitUrl(string app) => new($"http://127.0.0.1:{ApiPort}/{app}.git");

    public string StreamUrl(OutputStream stream) => $"{ApiUrl}streams/{stream.Id}";

    /// <summary>A directory or file of its own below the platform's directory.</summary>
    public string NewPath(string room, string suffix = "")
    {
        string parent = Path.Combine(Directory, room);
        System.IO.Directory.CreateDirectory(parent);
        return Path.Combine(parent, Guid.NewGuid().ToString("N") + suffix);
    }

    public async Task<App> CreateAppAsync(string name)
    {
        var app = new App(this, name);
        if (!Apps.TryAdd(app))
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new ArgumentException($"Name {name} is already taken");
        }

        await GitRepository.CreateAsync(this, app).ConfigureAwait(false);
        app.Releases.Create("Initial release", slug: null);
        app.Releases.Create("Enable Logplex", slug: null);
        return app;
    }

    /// <summary>Takes an app away with its dynos and its repository.</summary>
    public async Task DeleteAppAsync(App app)
    {
        if (Apps.TryRemove(app))
        {
            await app.DisposeAsync().ConfigureAwait(false);
            WorkDirectory.Remove(GitRepository.PathOf(this, app.Name));
        }
    }

    /// <summary>Lets go of everyone who is waiting: open streams, builds, clients of one-off dynos.</summary>
    public Task BeginStopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Apps.All.Select(app => app.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Ssh.DisposeAsync().ConfigureAwait(false);
        await Pushes.DisposeAsync().ConfigureAwait(false);
        await Rendezvous.DisposeAsync().ConfigureAwait(false);
        await Launcher.KillAllAsync().ConfigureAwait(false);
        Authority.Dispose();
        Http.Dispose();
        WorkDirectory.Remove(Directory);
        _stop.Dispose();
    }
}

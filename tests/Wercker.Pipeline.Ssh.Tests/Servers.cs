using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Tests.Servers;
using Wercker.Pipeline.Tests.Targets;

namespace Wercker.Pipeline.Ssh.Tests;

/// <summary>Hosts of one test, each with a root of its own behind the real server, and something to deploy to them.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wercker-hosts-");
    private readonly List<SshTarget> _targets = [];

    /// <param name="count">How many.</param>
    /// <param name="client">Who speaks SSH.</param>
    /// <param name="fleet">Servers of their own for them, one for each; null for the one server of all tests.</param>
    public Servers(int count = 1, SshClientKind client = SshClientKind.BuiltIn, SshServer? fleet = null)
    {
        var server = fleet ?? Lab.Server;
        if (!OperatingSystem.IsWindows())
        {
            _directory.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        }

        SourceDirectory = _directory.CreateSubdirectory("source").FullName;
        Write("index.html", "one");
        Hosts = [.. Enumerable.Range(1, count).Select(i => new SshHost(server.Addresses[(i - 1) % server.Addresses.Count]) { Name = $"h{i}", Port = server.Port, Path = Path.Combine(_directory.FullName, $"h{i}") })];
        foreach (var host in Hosts)
        {
            Directory.CreateDirectory(host.Path!);
        }

        Options = new SshOptions { Hosts = Hosts, Path = "/srv/shop", Login = LoginOf(client) with { KeyFile = server.Key, KnownHostsFile = server.KnownHosts } };
    }

    public IReadOnlyList<SshHost> Hosts { get; }

    public SshOptions Options { get; set; }

    public string SourceDirectory { get; }

    public static SshLogin LoginOf(SshClientKind client) => new()
    {
        KeyFile = Lab.Server.Key,
        KnownHostsFile = Lab.Server.KnownHosts,
        Client = client,
        ConfigFile = "/dev/null",
        ConnectTimeout = TimeSpan.FromSeconds(60),
    };

    public string Root(int host = 0) => Hosts[host].Path!;

    public string Current(int host = 0) => new FileInfo(Path.Combine(Root(host), "current")).LinkTarget is { } link ? Path.GetFileName(link) : "-";

    public string Read(string file, int host = 0) => File.ReadAllText(Path.Combine(Root(host), file));

    public void Write(string file, string text) => WriteAt(Path.Combine(SourceDirectory, file), text);

    public void WriteOn(int host, string file, string text) => WriteAt(Path.Combine(Root(host), file), text);

    public SshTarget Target(SshOptions? options = null)
    {
        var target = new SshTarget(options ?? Options, "shop");
        _targets.Add(target);
        return target;
    }

    public DeployRequest Request(string revision) => new("shop", revision) { Source = Source.Directory(SourceDirectory), RequestedBy = "anna" };

    public Task<StepReport> RunAsync(IDeployStep step, string revision = "v1", SshTarget? target = null, CancellationToken cancellationToken = default) =>
        new StepHarness { Target = target ?? Target(), Request = Request(revision) }.RunAsync(step, cancellationToken);

    /// <summary>Pushes, and expects it to work.</summary>
    public async Task<StepReport> PushAsync(string revision = "v1", SshTarget? target = null)
    {
        var report = await RunAsync(new PushStep(), revision, target);
        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
        return report;
    }

    /// <summary>Runs something that has a deployment to the target around it.</summary>
    public Task<T> AskAsync<T>(Func<SshTarget, DeployContext, CancellationToken, ValueTask<T>> ask, SshTarget? target = null)
    {
        target ??= Target();
        return AroundDeployment.AskAsync(target, Request("v1"), (context, token) => ask(target, context, token));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets)
        {
            await target.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private static void WriteAt(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}

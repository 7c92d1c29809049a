using Wercker.Pipeline.Tests.Servers;
using Wercker.Pipeline.Tests.Targets;

namespace Wercker.Pipeline.Ssh.Tests.Dokku;

/// <summary>An app on a Dokku host, and deployments of it. Every target has one connection, which ends with this.</summary>
internal sealed class DokkuShop : IAsyncDisposable
{
    private readonly List<DokkuTarget> _targets = [];
    private DokkuTarget? _target;

    public DokkuServer Server { get; } = DokkuServer.Make(Lab.Server);

    public DokkuOptions Options => new()
    {
        Host = new SshHost("127.0.0.1") { Port = Lab.Server.Port, User = Environment.UserName, Name = "dokku" },
        App = "shop",
        Login = new SshLogin { KeyFile = Server.Key, KnownHostsFile = Lab.Server.KnownHosts, ConfigFile = "/dev/null", ConnectTimeout = TimeSpan.FromSeconds(60) },
        StartTimeout = TimeSpan.FromSeconds(1),
    };

    /// <summary>The target of the app.</summary>
    public DokkuTarget Target => _target ??= Make(Options);

    public DokkuTarget Make(DokkuOptions options)
    {
        var target = new DokkuTarget(options, "shop");
        _targets.Add(target);
        return target;
    }

    public async Task<DeployReport> DeployAsync(string revision = "v1", bool thenFail = false, DokkuTarget? target = null)
    {
        var builder = new DeployPipelineBuilder("shop").UseTarget(target ?? Target).AddSetup().AddMaintenanceOn().AddPush().AddRestart();
        if (thenFail)
        {
            builder.AddStep("Test", (_, _) => new(StepResult.Failed("the shop is not what it should be")));
        }

        return await builder.Build().DeployAsync(Request(revision));
    }

    /// <summary>Runs something that has a deployment to the target around it.</summary>
    public Task<T> AskAsync<T>(DokkuTarget target, Func<DeployContext, CancellationToken, ValueTask<T>> ask) => AroundDeployment.AskAsync(target, Request("v1"), ask);

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets)
        {
            await target.DisposeAsync();
        }
    }

    private DeployRequest Request(string revision) => new("shop", revision) { Source = Source.Directory(Server.SourceDirectory) };
}

using Wercker.Pipeline.Docker;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Testing.Sandboxes;

namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/sandboxes.md. Abstract: the contract is run where the sandbox is tested, and not once more here.</summary>
public abstract class Sandboxes
{
    internal static async Task<CommandResult> RunAsync(IOutputWriter output, CancellationToken cancellationToken)
    {
        // <process>
        var sandboxes = new ProcessSandboxProvider { ParentDirectory = "/var/lib/deployments" };
        await using ISandbox sandbox = await sandboxes.CreateAsync(
            new SandboxSpec { DeploymentId = "shop-42", Source = Source.Git(".", "v1.4"), Environment = new DeployEnvironment().Set("URL", "https://shop.example") },
            cancellationToken);
        await using ISandboxShell shell = await sandbox.OpenShellAsync(cancellationToken);
        CommandResult result = await shell.RunAsync(new ShellCommand("./deploy.sh"), output, cancellationToken);
        // </process>
        return result;
    }

    internal static async Task<CommandResult> LoadAsync(ISandboxShell shell, IOutputWriter output, CancellationToken cancellationToken)
    {
        // <input>
        await using FileStream dump = File.OpenRead("shop.sql");
        CommandResult loaded = await shell.RunAsync(new ShellCommand("psql \"$DATABASE_URL\"") { Input = dump }, output, cancellationToken);
        // </input>
        return loaded;
    }

    internal static DeployPipelineBuilder InAContainer(DeployPipelineBuilder pipeline)
    {
        // <docker>
        var sandboxes = new DockerSandboxProvider { Progress = Console.WriteLine };
        pipeline.UseSandbox(sandboxes, new SandboxSpec
        {
            Image = "node:20",
            Memory = 512 << 20,
            Processors = 1.5,
            Lifetime = TimeSpan.FromMinutes(30),
            Network = false,
        });
        // </docker>
        return pipeline;
    }

    internal static async Task HandOnAsync(string artifactDirectory, SandboxSpec spec, CancellationToken cancellationToken)
    {
        // <manifest>
        await BuildManifest.WriteAsync(artifactDirectory, spec, cancellationToken);
        // </manifest>
    }

    // <contract>
    [TestCaseSource(typeof(SandboxContract), nameof(SandboxContract.Rules))]
    public Task Sandbox_KeepsRule(string rule) => new SandboxContract(() => new MySandboxProvider()).CheckAsync(rule, CancellationToken.None);
    // </contract>

    private sealed class MySandboxProvider : ISandboxProvider
    {
        private readonly ProcessSandboxProvider _inner = new();

        public string Name => "mine";

        public string? FindObstacle(SandboxSpec spec) => _inner.FindObstacle(spec);

        public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken) => _inner.CreateAsync(spec, cancellationToken);
    }
}

using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests;

/// <summary>A process of its own that runs a command in a sandbox until it is killed.</summary>
internal static class Victim
{
    public static async Task<int> Main()
    {
        using var provider = new DockerSandboxProvider { DefaultImage = BoxImage.Name };
        await using var sandbox = await provider.CreateAsync(new SandboxSpec { DeploymentId = "victim" }, CancellationToken.None);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
        await shell.RunAsync(new ShellCommand("echo ready; sleep 1000"), new ConsoleWriter(), CancellationToken.None);
        return 0;
    }

    private sealed class ConsoleWriter : IOutputWriter
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Console.OpenStandardOutput().Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }
}

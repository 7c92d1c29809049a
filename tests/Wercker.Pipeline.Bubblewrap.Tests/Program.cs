using Wercker.Pipeline;
using Wercker.Pipeline.Bubblewrap;
using Wercker.Pipeline.Sandboxes;

// A program that uses the library, to be killed in the middle: "process DIRECTORY" or "bubblewrap DIRECTORY".
ISandboxProvider provider = args[0] == "process"
    ? new ProcessSandboxProvider { ParentDirectory = args[1] }
    : new BubblewrapSandboxProvider { ParentDirectory = args[1] };
await using var sandbox = await provider.CreateAsync(new SandboxSpec { DeploymentId = "killed", Processes = args[0] == "process" ? null : 100 }, CancellationToken.None);
await using var shell = await sandbox.OpenShellAsync(CancellationToken.None);
await shell.RunAsync(new ShellCommand("(setsid sleep 86399 &); sleep 86399 & echo running; sleep 86399"), new Teller(), CancellationToken.None);

internal sealed class Teller : IOutputWriter
{
    public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync(bytes, cancellationToken);
    }
}

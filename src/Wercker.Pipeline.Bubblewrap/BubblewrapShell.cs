using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Bubblewrap;

/// <summary>A bash session that its sandbox forgets when it is closed.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class BubblewrapShell(BashShell shell, BubblewrapSandbox sandbox) : ISandboxShell
{
    /// <inheritdoc />
    public ValueTask<CommandResult> RunAsync(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken) =>
        shell.RunAsync(command, output, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            await shell.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            sandbox.Forget(this);
        }
    }
}

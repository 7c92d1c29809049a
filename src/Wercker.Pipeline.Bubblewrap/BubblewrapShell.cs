using System.Runtime.Versioning;
using Wercker.Pipeline.Bubblewrap.Namespaces;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Bubblewrap;

/// <summary>A bash session that says when it was a limit of the sandbox that a command ran into.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class BubblewrapShell(BashShell shell, NamespaceBashHost host, BubblewrapSandbox sandbox) : ISandboxShell
{
    /// <inheritdoc />
    public async ValueTask<CommandResult> RunAsync(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        if (sandbox.Group is not { } group)
        {
            return await shell.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
        }

        var before = group.Read();
        var result = await shell.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
        var after = group.Read();
        if (after.Kills > before.Kills)
        {
            return result with { End = CommandEnd.LimitReached, Detail = sandbox.Spec.MemoryVerdict };
        }

        if (after.Refusals == before.Refusals || result.Succeeded)
        {
            return result;
        }

        // What it has started fills the sandbox, so that nothing else could run.
        await host.KillAsync().ConfigureAwait(false);
        return result with { End = CommandEnd.LimitReached, Detail = $"{sandbox.Spec.ProcessesVerdict}; bash and all background processes were ended with it" };
    }

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

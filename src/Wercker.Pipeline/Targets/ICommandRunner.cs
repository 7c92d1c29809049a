using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Targets;

/// <summary>A target that runs one-off commands itself, beside the application. Without it, commands run in the sandbox.</summary>
public interface ICommandRunner
{
    /// <summary>Runs one command on the current release.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="command">The command; its text reaches the target's shell verbatim. One with an input may be refused by <see cref="NotSupportedException"/>.</param>
    /// <param name="output">Takes the command's output while it runs.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    /// <returns>How it ended; the exit code is known for certain, or the method throws.</returns>
    ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken);
}

namespace Wercker.Pipeline.Sandboxes;

/// <summary>A bash session: exports, functions and the working directory live from one command to the next.</summary>
/// <remarks>Commands run one at a time; a second call waits for the first.</remarks>
public interface ISandboxShell : IAsyncDisposable
{
    /// <summary>Runs one command as one unit, with stdin at /dev/null or what <see cref="ShellCommand.Input"/> gives.</summary>
    /// <param name="command">The command.</param>
    /// <param name="output">Takes the raw output while the command runs, in order per stream.</param>
    /// <param name="cancellationToken">Kills the command and everything that it started.</param>
    /// <returns>How it ended. An exit code other than 0 is data, not an exception.</returns>
    /// <exception cref="OperationCanceledException">It was canceled; nothing of it runs any more.</exception>
    /// <exception cref="SandboxException">The session is gone and could not be renewed.</exception>
    ValueTask<CommandResult> RunAsync(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken);
}

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>Where a bash session lives: beside this process, in a container, on another machine. <see cref="BashShell"/> does the rest.</summary>
internal abstract class BashHost : IAsyncDisposable
{
    /// <summary>True while there is a bash that can take a command.</summary>
    public abstract bool IsAlive { get; }

    /// <summary>Shell text that sends the exit code and the options in force on their way; it is run right after the command, and fails when it cannot.</summary>
    public abstract string Answer { get; }

    /// <summary>A line of shell text that waits until there is another command, and ends with a line feed. Default: nothing, because bash waits for its script.</summary>
    public virtual string Wait => "";

    /// <summary>Starts a bash, also after an earlier one has ended; what that one left running in the background stays.</summary>
    /// <exception cref="SandboxException">It does not start.</exception>
    public abstract ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>Sends script text and waits for the answer, or for the end of bash. Never canceled: <see cref="KillAsync"/> ends it.</summary>
    public abstract Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script);

    /// <summary>Makes a way into the stdin of the next command.</summary>
    /// <exception cref="SandboxException">It cannot be made.</exception>
    public abstract ValueTask<CommandInput> OpenInputAsync(CancellationToken cancellationToken);

    /// <summary>From now on the output goes to the relay, including what background processes wrote since the last fence.</summary>
    public abstract void BeginOutput(OutputRelay relay);

    /// <summary>Ends when the relay has taken every byte that was written before this call; later ones wait for the next relay.</summary>
    public abstract Task FenceAsync();

    /// <summary>Finds out, after a command has failed, whether a limit of the sandbox did it; null when none did. Default: there are no limits.</summary>
    public virtual ValueTask<string?> FindLimitAsync() => default;

    /// <summary>Ends bash and everything that it started.</summary>
    /// <exception cref="SandboxException">Something cannot be killed.</exception>
    public abstract Task KillAsync();

    /// <summary>Lets bash run its EXIT trap, ends everything that is left, and gives back all resources.</summary>
    public abstract ValueTask DisposeAsync();
}

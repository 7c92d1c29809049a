namespace Wercker.Pipeline.Sandboxes;

/// <summary>How a command ended.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="ExitCode">Its exit code; 128 + the signal's number when a signal ended it.</param>
/// <param name="Duration">How long it took.</param>
public sealed record CommandResult(CommandEnd End, int ExitCode, TimeSpan Duration)
{
    /// <summary>What a person should know besides the exit code, such as "killed: memory limit 64 MB"; null when there is nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>True when it ended by itself with exit code 0.</summary>
    public bool Succeeded => End == CommandEnd.Exited && ExitCode == 0;
}

/// <summary>Why a command ended.</summary>
public enum CommandEnd
{
    /// <summary>By itself.</summary>
    Exited,

    /// <summary>It took longer than <see cref="ShellCommand.Timeout"/> and was killed.</summary>
    TimedOut,

    /// <summary>It was silent for longer than <see cref="ShellCommand.NoOutputTimeout"/> and was killed.</summary>
    Silent,

    /// <summary>A limit of the sandbox killed it; the detail says which.</summary>
    LimitReached,
}

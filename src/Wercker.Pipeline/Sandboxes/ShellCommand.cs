namespace Wercker.Pipeline.Sandboxes;

/// <summary>One command for a shell.</summary>
/// <param name="Text">Shell text; may have several lines, is one unit.</param>
public sealed record ShellCommand(string Text)
{
    /// <summary>
    /// What the command reads from its stdin: the bytes of this stream from where it stands, as fast as the command takes them, and then the end. They need
    /// not be read, and no log has them. The stream is not disposed, and may stand anywhere when the command has ended; when it throws, the command is killed
    /// and its exception thrown. For commands of a sandbox only. Default: null, /dev/null.
    /// </summary>
    public Stream? Input { get; init; }

    /// <summary>Hides command and output from every log; the exit code still counts. Default: false.</summary>
    public bool Hidden { get; init; }

    /// <summary>How long it may take. Default: 25 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(25);

    /// <summary>How long it may be silent. Default: 5 minutes.</summary>
    public TimeSpan NoOutputTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For targets that run commands beside the application: none of them has a way to the stdin of such a command.</summary>
    /// <exception cref="NotSupportedException">There is an input, which would be lost.</exception>
    internal void RefuseInput(string target)
    {
        if (Input is not null)
        {
            throw new NotSupportedException($"The target {target} gives its one-off commands no input. Run the command in the sandbox, or let it fetch its input itself.");
        }
    }
}

namespace Wercker.Pipeline.Sandboxes;

/// <summary>One command for a shell.</summary>
/// <param name="Text">Shell text; may have several lines, is one unit.</param>
public sealed record ShellCommand(string Text)
{
    /// <summary>Hides command and output from every log; the exit code still counts. Default: false.</summary>
    public bool Hidden { get; init; }

    /// <summary>How long it may take. Default: 25 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(25);

    /// <summary>How long it may be silent. Default: 5 minutes.</summary>
    public TimeSpan NoOutputTimeout { get; init; } = TimeSpan.FromMinutes(5);
}

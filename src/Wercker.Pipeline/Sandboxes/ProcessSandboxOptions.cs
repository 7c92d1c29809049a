namespace Wercker.Pipeline.Sandboxes;

/// <summary>Settings of <see cref="ProcessSandboxProvider"/>.</summary>
public sealed record ProcessSandboxOptions
{
    /// <summary>Where the work directories are made. Default: the system's directory for temporary files.</summary>
    public string ParentDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The variables that commands inherit from this process. Default: PATH, HOME, LANG, TERM, TMPDIR.</summary>
    public IReadOnlyList<string> AllowedVariables { get; init; } = ["PATH", "HOME", "LANG", "TERM", "TMPDIR"];

    /// <summary>How long processes have to end by themselves after SIGTERM, before SIGKILL. Default: 2 seconds.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Makes this process the parent of every process that the sandboxes orphan, so that even one that left its session and cleared its environment is
    /// killed with the last sandbox. It concerns the whole process: children in sessions of their own that anything else in it starts would be killed
    /// too. Default: false.
    /// </summary>
    public bool AdoptOrphans { get; init; }
}

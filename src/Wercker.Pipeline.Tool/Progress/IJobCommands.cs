namespace Wercker.Pipeline.Tool.Progress;

/// <summary>How a build server is told by the lines of a job what to group and what to point out. Texts come from outside: none may become a command.</summary>
internal interface IJobCommands
{
    /// <summary>The end of the deployment, for standard output.</summary>
    string Quote(string text);

    string OpenGroup(string title);

    string CloseGroup();

    string Annotate(JobAnnotation kind, string title, string message);

    /// <summary>One line of ours, with the words of others behind a name.</summary>
    string Line(string text);

    /// <summary>Adds what others printed, each line behind a prefix.</summary>
    void AddOutput(LineWriter lines, ReadOnlySpan<byte> output, ReadOnlySpan<byte> prefix);

    /// <summary>What must stand behind output, before the next command; empty for nothing.</summary>
    string EndOutput();
}

internal enum JobAnnotation
{
    Notice,
    Warning,
    Error,
}

namespace Wercker.Pipeline.LocalHeroku.Processes;

/// <summary>By what the descendants of a process are known when neither parent nor group tells.</summary>
internal sealed record ProcessTraces(string Marker)
{
    /// <summary>A directory in which nothing else works.</summary>
    public string? Directory { get; init; }

    /// <summary>The pipe that was the process's standard output, as the system names it.</summary>
    public string? Pipe { get; init; }
}

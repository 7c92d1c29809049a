namespace Wercker.Pipeline.LocalHeroku.Logs;

/// <summary>Which lines a session sees. A process is named as a whole (<c>web.1</c>) or by its type (<c>web</c>).</summary>
internal sealed record LogFilter(string? Source, string? Process)
{
    public bool Matches(LogLine line) =>
        (Source is null || line.Source == Source)
        && (Process is null || line.Process == Process || line.Process.StartsWith(Process + ".", StringComparison.Ordinal));
}

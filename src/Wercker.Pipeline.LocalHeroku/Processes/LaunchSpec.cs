namespace Wercker.Pipeline.LocalHeroku.Processes;

/// <summary>What to start, where, and with which variables besides the few that every process gets.</summary>
internal sealed record LaunchSpec(string FileName, IReadOnlyList<string> Arguments, string Directory)
{
    /// <summary>The directory is the process's alone: whatever works in it is taken for a descendant.</summary>
    public bool OwnsDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

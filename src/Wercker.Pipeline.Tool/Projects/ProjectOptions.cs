namespace Wercker.Pipeline.Tool.Projects;

/// <summary>What the caller said about the project, unchecked.</summary>
internal sealed record ProjectOptions
{
    public string Config { get; init; } = "wercker.json";

    public string? Target { get; init; }

    public string? Source { get; init; }

    public string? Revision { get; init; }

    public IReadOnlyList<string> Variables { get; init; } = [];

    public string? OnFailure { get; init; }

    public string? State { get; init; }

    /// <summary>The directory of the wercker.json, a full path.</summary>
    public string Directory => Path.GetFullPath(System.IO.Directory.Exists(Config) ? Config : Path.GetDirectoryName(Config) is { Length: > 0 } parent ? parent : ".");

    /// <summary>The state directory, a full path.</summary>
    public string StateDirectory => Path.GetFullPath(State ?? Path.Combine(Directory, ".wercker"));
}

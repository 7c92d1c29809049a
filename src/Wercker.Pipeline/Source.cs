using System.Runtime.Versioning;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Sources;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline;

/// <summary>Where the files of a deployment come from.</summary>
[JsonConverter(typeof(SourceConverter))]
public sealed record Source
{
    internal Source(SourceKind kind, string path, string? revision = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Kind = kind;
        Path = System.IO.Path.GetFullPath(path);
        GitRevision = revision;
    }

    /// <summary>Which of the three kinds.</summary>
    internal SourceKind Kind { get; }

    /// <summary>The directory, git repository or artifact file, as a full path.</summary>
    public string Path { get; private init; }

    /// <summary>The git revision; null for the other kinds.</summary>
    public string? GitRevision { get; }

    /// <summary>Files and directories that do not belong to it although they lie in it, as full paths: reports, a state directory. Empty by default.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>The files of a directory as they lie there, without .git and what .werckerignore names.</summary>
    /// <param name="path">The directory.</param>
    /// <returns>The source.</returns>
    public static Source Directory(string path) => new(SourceKind.Directory, path);

    /// <summary>The files of one revision of a git repository.</summary>
    /// <param name="repository">The repository's directory.</param>
    /// <param name="revision">A commit, tag or branch. Default: HEAD.</param>
    /// <returns>The source.</returns>
    public static Source Git(string repository, string revision = "HEAD") => new(SourceKind.Git, repository, revision);

    /// <summary>A build artifact.</summary>
    /// <param name="file">A .zip, .tar, .tar.gz or .tgz file.</param>
    /// <returns>The source.</returns>
    public static Source Artifact(string file) => new(SourceKind.Artifact, file);

    /// <summary>Looks whether the files can be had, without writing anything.</summary>
    /// <returns>What stands in the way, and what to do about it; null when nothing does.</returns>
    [UnsupportedOSPlatform("windows")]
    public string? FindObstacle() => SourceStager.FindObstacle(this);

    /// <summary>Writes the files into a directory, for targets and sandboxes that carry them on from there.</summary>
    /// <param name="directory">An existing, empty directory.</param>
    /// <param name="cancellationToken">Cancels it; the directory is then half full.</param>
    /// <returns>When all files are there.</returns>
    /// <exception cref="SandboxException">The source cannot be read, or holds a path that leads out of it.</exception>
    [UnsupportedOSPlatform("windows")]
    public Task StageAsync(string directory, CancellationToken cancellationToken) => SourceStager.StageAsync(this, directory, cancellationToken);

    /// <summary>The same source without secrets in its paths.</summary>
    internal Source Mask(SecretMasker masker) => this with { Path = masker.Mask(Path), Except = [.. Except.Select(masker.Mask)] };
}

/// <summary>The kinds of <see cref="Source"/>.</summary>
internal enum SourceKind
{
    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A revision of a git repository.</summary>
    Git,

    /// <summary>A zip or tar file.</summary>
    Artifact,
}

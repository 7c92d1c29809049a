using System.Runtime.Versioning;
using System.Text;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Puts the files of a <see cref="Source"/> into an empty directory of this machine; other sandboxes carry them on from there.</summary>
[UnsupportedOSPlatform("windows")]
internal static class SourceStager
{
    /// <summary>The file that names what is left out.</summary>
    public const string IgnoreFile = ".werckerignore";

    /// <summary>Looks whether a source can be staged, without writing anything.</summary>
    /// <param name="source">Where the files come from.</param>
    /// <returns>What stands in the way, and what to do about it; null when nothing does.</returns>
    public static string? FindObstacle(Source source)
    {
        var isDirectory = Directory.Exists(source.Path);
        if (source.Kind == SourceKind.Artifact)
        {
            return isDirectory || !File.Exists(source.Path) ? $"The artifact {source.Path} does not exist; build it first or correct the path."
                : Libc.Access(source.Path, 4) != 0 ? $"The artifact {source.Path} is not readable for {Environment.UserName}; change its permissions."
                : ArtifactStager.FindObstacle(source.Path);
        }

        if (!isDirectory)
        {
            return $"The source directory {source.Path} does not exist; correct the path.";
        }

        if (Libc.Access(source.Path, 4 | Libc.ExecuteAccess) != 0)
        {
            return $"The source directory {source.Path} is not readable for {Environment.UserName}; change its permissions.";
        }

        return source.Kind == SourceKind.Git && ProcessSandboxProvider.FindProgram("git") is null
            ? $"Revision {source.GitRevision} of {source.Path} can only be read with git, and there is none in PATH; install it (apt-get install git)."
            : null;
    }

    /// <summary>Stages the files.</summary>
    /// <param name="source">Where they come from.</param>
    /// <param name="directory">An existing, empty directory.</param>
    /// <param name="cancellationToken">Cancels it; the directory is then half full.</param>
    /// <returns>When all files are there.</returns>
    /// <exception cref="SandboxException">The source cannot be read, or holds a path that leads out of it.</exception>
    public static async Task StageAsync(Source source, string directory, CancellationToken cancellationToken)
    {
        try
        {
            switch (source.Kind)
            {
                case SourceKind.Directory:
                    await Task.Run(() => CopyDirectory(source, directory, cancellationToken), cancellationToken).ConfigureAwait(false);
                    break;
                case SourceKind.Git:
                    await GitStager.StageAsync(source.Path, source.GitRevision!, directory, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    await Task.Run(() => ArtifactStager.Stage(source.Path, directory, cancellationToken), cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SandboxException($"The source {source.Path} could not be read: {e.Message}", e);
        }
    }

    private static void CopyDirectory(Source source, string to, CancellationToken cancellationToken)
    {
        var from = source.Path;
        var except = source.Except.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToHashSet(StringComparer.Ordinal);
        var ignoreFile = Path.Combine(from, IgnoreFile);
        var rules = File.Exists(ignoreFile) ? IgnoreRules.Parse(File.ReadAllBytes(ignoreFile)) : IgnoreRules.None;

        // Work directories of deployments that run now may lie inside of the source; the one being filled is skipped by the copy itself.
        var copy = new FileCopy(
            cancellationToken,
            (path, isDirectory) => Path.GetFileName(path) == ".git" || except.Contains(Path.Combine(from, path)) || rules.MatchesEntry(Encoding.UTF8.GetBytes(path), isDirectory));
        copy.Copy(from, to);
    }
}

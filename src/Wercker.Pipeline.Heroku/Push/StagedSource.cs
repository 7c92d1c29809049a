using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>Puts the files that are deployed into a directory: flat, submodules included, without anything of git.</summary>
internal static class StagedSource
{
    private const string SubmoduleMode = "160000";

    /// <exception cref="SandboxException">The source cannot be read.</exception>
    public static async Task StageAsync(Source source, string directory, GitProcess git, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SandboxException("Sources cannot be staged on Windows; deploy from Linux, macOS or WSL.");
        }

        await source.StageAsync(directory, cancellationToken).ConfigureAwait(false);
        if (source.GitRevision is not null)
        {
            await StageSubmodulesAsync(source, directory, git, cancellationToken).ConfigureAwait(false);
        }

        // A submodule's .git is a file, a copied repository's a directory; with either, git would commit a link and not the files.
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, ".git", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).ToArray())
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private static async Task StageSubmodulesAsync(Source source, string directory, GitProcess git, CancellationToken cancellationToken)
    {
        var tree = await git.AskAsync(source.Path, ["ls-tree", "-r", "-z", "--full-tree", source.GitRevision! + "^{commit}"], cancellationToken).ConfigureAwait(false);
        var root = (await git.AskAsync(source.Path, ["rev-parse", "--show-toplevel"], cancellationToken).ConfigureAwait(false)).Text.Trim();
        foreach (var entry in tree.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(entry => entry.StartsWith(SubmoduleMode, StringComparison.Ordinal)))
        {
            var tab = entry.IndexOf('\t', StringComparison.Ordinal);
            var (commit, path) = (entry[..tab].Split(' ')[2], entry[(tab + 1)..]);
            var from = Path.Combine(root, path);
            if (root.Length == 0 || !Path.Exists(Path.Combine(from, ".git")))
            {
                throw new SandboxException($"The submodule {path} of {source.Path} is not checked out, so its files cannot be deployed. Run git submodule update --init --recursive.");
            }

            await StageAsync(Source.Git(from, commit), Directory.CreateDirectory(Path.Combine(directory, path)).FullName, git, cancellationToken).ConfigureAwait(false);
        }
    }
}

using System.Formats.Tar;
using System.Runtime.Versioning;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Takes the files of a sandbox out of an archive, whose names and links a command inside has chosen.</summary>
/// <remarks>Unlike an artifact, it may hold links to anywhere: they are copied as links, and mean something only inside.</remarks>
[UnsupportedOSPlatform("windows")]
internal static class TarUnpacking
{
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Unpacks the one file or directory of an archive beside and copies it to where it belongs, so that a damaged archive changes nothing there.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="path">Where it belongs.</param>
    /// <param name="sender">Who sends it, for the message.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When it is there.</returns>
    /// <exception cref="IOException">The archive is empty, damaged, or leads out of the directory.</exception>
    public static async Task CopyOutAsync(Stream archive, string path, string sender, CancellationToken cancellationToken)
    {
        var unpacked = Directory.CreateTempSubdirectory("wercker-copy-").FullName;
        try
        {
            await UnpackAsync(archive, unpacked, cancellationToken).ConfigureAwait(false);
            var whole = Directory.EnumerateFileSystemEntries(unpacked).SingleOrDefault() ?? throw new IOException($"{sender} sent nothing");
            await Task.Run(() => new FileCopy(cancellationToken).Copy(whole, Path.GetFullPath(path)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            WorkDirectory.Delete(unpacked);
        }
    }

    /// <summary>Unpacks into a fresh directory. Links come last, so that nothing is ever written through one; sockets, pipes and devices are left out.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="directory">The full path of the directory, which exists and is empty.</param>
    /// <param name="cancellationToken">Stops it; what is written stays.</param>
    /// <returns>Whether it holds the directory itself, "./", and not one file or directory by its name.</returns>
    /// <exception cref="IOException">A path leads out of the directory, or the archive is damaged.</exception>
    public static async Task<bool> UnpackAsync(Stream archive, string directory, CancellationToken cancellationToken)
    {
        var reader = new TarReader(archive, leaveOpen: true);
        await using var closing = reader.ConfigureAwait(false);
        var (links, modes) = (new List<(string Path, string Target)>(), new List<(string Path, UnixFileMode Mode)>());
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            var path = PathOf(entry.Name, directory);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(path);
                    File.SetUnixFileMode(path, (entry.Mode | OwnerAll) & Permissions);
                    modes.Add((path, entry.Mode & Permissions));
                    break;
                case TarEntryType.SymbolicLink:
                    links.Add((path, entry.LinkName));
                    break;
                case TarEntryType.HardLink:
                    File.Copy(PathOf(entry.LinkName, directory), path, overwrite: true);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await WriteAsync(entry.DataStream, path, cancellationToken).ConfigureAwait(false);
                    File.SetUnixFileMode(path, entry.Mode & Permissions);
                    break;
            }
        }

        foreach (var (path, target) in links)
        {
            File.CreateSymbolicLink(path, target);
        }

        // Last, and the inner ones first, for a directory may forbid what is still to be done in it.
        foreach (var (path, mode) in Enumerable.Reverse(modes))
        {
            File.SetUnixFileMode(path, mode);
        }

        return modes.Exists(entry => entry.Path == directory);
    }

    private static async Task WriteAsync(Stream? content, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            await (content?.CopyToAsync(file, cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    private static string PathOf(string name, string directory)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(directory, name)));
        return path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal)
            ? path
            : throw new IOException($"the path '{name}' leads out of what is copied");
    }
}

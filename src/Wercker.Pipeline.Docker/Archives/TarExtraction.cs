using System.Formats.Tar;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Archives;

/// <summary>Takes a file or directory out of an archive that the engine made of a container's files, whose names somebody else chose.</summary>
internal static class TarExtraction
{
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Writes it. Links are made last, so that nothing is ever written through one.</summary>
    /// <param name="archive">The archive: one file, or one directory and what is in it.</param>
    /// <param name="destination">Where the file or directory goes, under this name.</param>
    /// <param name="cancellationToken">Ends it; what is written stays.</param>
    /// <exception cref="SandboxException">A name leads out of the destination.</exception>
    public static async Task ExtractAsync(Stream archive, string destination, CancellationToken cancellationToken)
    {
        var reader = new TarReader(archive);
        await using var closing = reader.ConfigureAwait(false);
        var modes = new List<(string Path, UnixFileMode Mode)>();
        var links = new List<(string Path, string Target)>();
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            var path = PathOf(entry.Name, destination);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Replace(path, isDirectory: true);
                    Directory.CreateDirectory(path);
                    SetMode(path, entry.Mode | OwnerAll);
                    modes.Add((path, entry.Mode));
                    break;
                case TarEntryType.SymbolicLink:
                    links.Add((path, entry.LinkName));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    await WriteAsync(entry.DataStream, path, cancellationToken).ConfigureAwait(false);
                    SetMode(path, entry.Mode);
                    break;
                case TarEntryType.HardLink:
                    File.Copy(PathOf(entry.LinkName, destination), path, overwrite: true);
                    break;
            }
        }

        foreach (var (path, target) in links)
        {
            Replace(path, isDirectory: false);
            File.CreateSymbolicLink(path, target);
        }

        foreach (var (path, mode) in Enumerable.Reverse(modes))
        {
            SetMode(path, mode);
        }
    }

    private static async Task WriteAsync(Stream? content, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(path, isDirectory: false);
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            await (content?.CopyToAsync(file, cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    /// <summary>A link that lies there already is not followed.</summary>
    private static void Replace(string path, bool isDirectory)
    {
        if (new FileInfo(path).LinkTarget is not null || (isDirectory && File.Exists(path)))
        {
            File.Delete(path);
        }
    }

    private static string PathOf(string name, string destination)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Array.Exists(parts, part => part == "..")
            ? throw new SandboxException($"The files of the container hold the path '{name}', which leads out of {destination}; it was not copied.")
            : Path.Combine([destination, .. parts.Skip(1)]);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode & Permissions);
        }
    }
}

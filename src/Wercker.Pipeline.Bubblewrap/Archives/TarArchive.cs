using System.Formats.Tar;
using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap.Archives;

/// <summary>Files on their way into or out of a sandbox.</summary>
/// <remarks>
/// Only a process inside reads and writes the files of a sandbox: a link that a command has put there then leads no further than the command could go
/// itself, whoever this process runs as.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal static class TarArchive
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int SymbolicLink = 0xA000;

    /// <summary>Packs a file, a link or what is in a directory.</summary>
    /// <param name="from">The file, link or directory outside.</param>
    /// <param name="archive">The file to write.</param>
    /// <param name="name">What a file is called in the archive.</param>
    /// <param name="cancellationToken">Stops it between two files.</param>
    public static void Pack(string from, string archive, string name, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(archive, FileMode.CreateNew, FileAccess.Write);
        using var writer = new TarWriter(stream, TarEntryFormat.Pax);
        if (IsDirectory(from))
        {
            PackDirectory(writer, new DirectoryInfo(from), "./", cancellationToken);
        }
        else
        {
            writer.WriteEntry(from, name);
        }
    }

    /// <summary>Unpacks into a fresh directory. Links come last, so that nothing is ever written through one.</summary>
    /// <returns>Whether it is what is in a directory, and not a single file or link.</returns>
    /// <exception cref="IOException">A path leads out of the directory.</exception>
    public static bool Unpack(string archive, string directory, CancellationToken cancellationToken)
    {
        using var stream = File.OpenRead(archive);
        using var reader = new TarReader(stream);
        var (links, modes) = (new List<(string Path, string Target)>(), new List<(string Path, UnixFileMode Mode)>());
        while (reader.GetNextEntry() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(directory, entry.Name)));
            if (path != directory && !path.StartsWith(directory + "/", StringComparison.Ordinal))
            {
                throw new IOException($"the path '{entry.Name}' leads out of what is copied");
            }

            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(path);
                    modes.Add((path, entry.Mode));
                    break;
                case TarEntryType.SymbolicLink:
                    links.Add((path, entry.LinkName));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    entry.ExtractToFile(path, overwrite: false);
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

    private static void PackDirectory(TarWriter writer, DirectoryInfo directory, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        writer.WriteEntry(directory.FullName, name);
        foreach (var entry in directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            if (entry is DirectoryInfo { LinkTarget: null } inner)
            {
                PackDirectory(writer, inner, $"{name}{entry.Name}/", cancellationToken);
            }
            else if ((Libc.ModeOf(entry.FullName) & TypeMask) is RegularFile or SymbolicLink)
            {
                writer.WriteEntry(entry.FullName, name + entry.Name);
            }
        }
    }

    private static bool IsDirectory(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };
}

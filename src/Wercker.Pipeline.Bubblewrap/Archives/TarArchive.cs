using System.Formats.Tar;
using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap.Archives;

/// <summary>Files on their way into a sandbox.</summary>
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

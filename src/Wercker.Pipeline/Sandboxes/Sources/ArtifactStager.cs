using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.Versioning;
using System.Text;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Unpacks a build artifact with its modes and links, and nothing outside of its root.</summary>
[UnsupportedOSPlatform("windows")]
internal static class ArtifactStager
{
    private const UnixFileMode PlainFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode PlainDirectory = PlainFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const int TypeMask = 0xF000;
    private const int LinkType = 0xA000;

    /// <summary>Says so when the file is of no known kind.</summary>
    public static string? FindObstacle(string file) =>
        KindOf(file) == ArtifactKind.Unknown ? $"The artifact {file} is of no known kind; make it a .zip, .tar, .tar.gz or .tgz file." : null;

    /// <summary>Unpacks it.</summary>
    /// <exception cref="SandboxException">It holds a path or a link that leads out.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static void Stage(string file, string directory, CancellationToken cancellationToken)
    {
        var tree = new SafeTree(directory);
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        switch (KindOf(file))
        {
            case ArtifactKind.Zip:
                UnpackZip(stream, tree, cancellationToken);
                break;
            case ArtifactKind.Tar:
                UnpackTar(stream, tree, cancellationToken);
                break;
            case ArtifactKind.GzippedTar:
                using (var unzipped = new GZipStream(stream, CompressionMode.Decompress))
                {
                    UnpackTar(unzipped, tree, cancellationToken);
                }

                break;
            default:
                throw new SandboxException(FindObstacle(file)!);
        }

        tree.Complete();
    }

    /// <summary>Reads one small file out of it, without unpacking it.</summary>
    /// <param name="file">The artifact.</param>
    /// <param name="name">The file's path in it.</param>
    /// <returns>The bytes; null when there is no such file.</returns>
    /// <exception cref="InvalidDataException">The artifact is damaged, or the file is larger than a megabyte.</exception>
    public static byte[]? ReadFile(string file, string name)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        switch (KindOf(file))
        {
            case ArtifactKind.Zip:
                using (var zip = new ZipArchive(stream, ZipArchiveMode.Read))
                {
                    return zip.GetEntry(name) is { } entry ? ReadAll(entry.Open()) : null;
                }

            case ArtifactKind.GzippedTar:
                using (var unzipped = new GZipStream(stream, CompressionMode.Decompress))
                {
                    return ReadTarFile(unzipped, name);
                }

            default:
                return ReadTarFile(stream, name);
        }
    }

    private static byte[]? ReadTarFile(Stream stream, string name)
    {
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data && (entry.Name == name || entry.Name == "./" + name))
            {
                return ReadAll(data);
            }
        }

        return null;
    }

    private static byte[] ReadAll(Stream content)
    {
        const int mostBytes = 1 << 20;
        using (content)
        {
            var bytes = new byte[mostBytes + 1];
            var count = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return count <= mostBytes ? bytes[..count] : throw new InvalidDataException("It is larger than a megabyte.");
        }
    }

    private static void UnpackZip(Stream stream, SafeTree tree, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Programs of other systems leave the upper half empty.
            var mode = entry.ExternalAttributes >>> 16;
            if (entry.FullName.EndsWith('/'))
            {
                tree.AddDirectory(entry.FullName, mode == 0 ? PlainDirectory : (UnixFileMode)mode);
            }
            else if ((mode & TypeMask) == LinkType)
            {
                using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
                tree.AddLink(entry.FullName, reader.ReadToEnd());
            }
            else
            {
                using var content = entry.Open();
                tree.AddFile(entry.FullName, mode == 0 ? PlainFile : (UnixFileMode)mode, content.CopyTo);
            }
        }
    }

    private static void UnpackTar(Stream stream, SafeTree tree, CancellationToken cancellationToken)
    {
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (entry.EntryType)
            {
                case TarEntryType.Directory or TarEntryType.DirectoryList:
                    tree.AddDirectory(entry.Name, entry.Mode);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    tree.AddFile(entry.Name, entry.Mode, entry.DataStream is { } data ? data.CopyTo : _ => { });
                    break;
                case TarEntryType.SymbolicLink:
                    tree.AddLink(entry.Name, entry.LinkName);
                    break;
                case TarEntryType.HardLink:
                    AddHardLink(entry, tree);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw new SandboxException($"The artifact holds '{entry.Name}', a {entry.EntryType}; only files, directories and links can be deployed.");
            }
        }
    }

    /// <summary>A copy of the file that the archive named before.</summary>
    private static void AddHardLink(TarEntry entry, SafeTree tree)
    {
        var first = tree.PathOf(entry.LinkName);
        if (!File.Exists(first))
        {
            throw new SandboxException($"The artifact holds '{entry.Name}', a second name of '{entry.LinkName}', which does not come before it.");
        }

        if (first == tree.PathOf(entry.Name))
        {
            return;
        }

        using var content = File.OpenRead(first);
        tree.AddFile(entry.Name, File.GetUnixFileMode(first), content.CopyTo);
    }

    private static ArtifactKind KindOf(string file) =>
        Ends(file, ".zip") ? ArtifactKind.Zip
        : Ends(file, ".tar.gz") || Ends(file, ".tgz") ? ArtifactKind.GzippedTar
        : Ends(file, ".tar") ? ArtifactKind.Tar
        : ArtifactKind.Unknown;

    private static bool Ends(string file, string suffix) => file.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    private enum ArtifactKind
    {
        Unknown,
        Zip,
        Tar,
        GzippedTar,
    }
}

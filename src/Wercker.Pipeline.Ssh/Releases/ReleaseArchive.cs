using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>Files as one .tar.gz, and what is known of it.</summary>
/// <param name="File">The archive; removed with this.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sum">Its SHA-256, in lower-case hex.</param>
/// <param name="PlainSize">The bytes of the files in it.</param>
/// <param name="ContentSum">The SHA-256 of names, modes and contents, without times.</param>
internal sealed record ReleaseArchive(string File, long Size, string Sum, long PlainSize, string ContentSum) : IDisposable
{
    public static async Task<ReleaseArchive> WriteAsync(string directory, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName();
        try
        {
            using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long plain = 0;
            var target = System.IO.File.Create(file);
            await using (target.ConfigureAwait(false))
            {
                var compressed = new GZipStream(target, CompressionLevel.Fastest);
                await using (compressed.ConfigureAwait(false))
                {
                    var writer = new TarWriter(compressed, TarEntryFormat.Gnu);
                    await using (writer.ConfigureAwait(false))
                    {
                        foreach (var info in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true })
                            .OrderBy(info => info.FullName, StringComparer.Ordinal))
                        {
                            plain += await AddAsync(writer, content, info, Path.GetRelativePath(directory, info.FullName), time, cancellationToken).ConfigureAwait(false);
                        }
                    }
                }
            }

            var written = System.IO.File.OpenRead(file);
            await using (written.ConfigureAwait(false))
            {
                var sum = Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancellationToken).ConfigureAwait(false));
                return new ReleaseArchive(file, written.Length, sum, plain, Convert.ToHexStringLower(content.GetHashAndReset()));
            }
        }
        catch
        {
            System.IO.File.Delete(file);
            throw;
        }
    }

    /// <summary>The bytes from one on.</summary>
    public Stream Open(long offset)
    {
        var stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        stream.Position = offset;
        return stream;
    }

    public void Dispose() => System.IO.File.Delete(File);

    private static async Task<long> AddAsync(TarWriter writer, IncrementalHash content, FileSystemInfo info, string name, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var kind = info.LinkTarget is not null ? TarEntryType.SymbolicLink : info is DirectoryInfo ? TarEntryType.Directory : TarEntryType.RegularFile;
        var entry = new GnuTarEntry(kind, kind == TarEntryType.Directory ? name + "/" : name) { ModificationTime = time, Mode = ModeOf(info) };
        content.AppendData(Encoding.UTF8.GetBytes($"{kind} {(int)entry.Mode} {name}\0{info.LinkTarget}\0"));
        if (kind != TarEntryType.RegularFile)
        {
            if (kind == TarEntryType.SymbolicLink)
            {
                entry.LinkName = info.LinkTarget!;
            }

            await writer.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
            return 0;
        }

        var bytes = new FileStream(info.FullName, FileMode.Open, FileAccess.Read, FileShare.Read);
        await using (bytes.ConfigureAwait(false))
        {
            var digest = await SHA256.HashDataAsync(bytes, cancellationToken).ConfigureAwait(false);
            content.AppendData(digest);
            bytes.Position = 0;
            entry.DataStream = bytes;
            await writer.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
            return bytes.Length;
        }
    }

    private static UnixFileMode ModeOf(FileSystemInfo info) => OperatingSystem.IsWindows() || info.LinkTarget is not null ? (UnixFileMode)0x1ED : info.UnixFileMode;
}

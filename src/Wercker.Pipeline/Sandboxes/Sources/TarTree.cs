using System.Formats.Tar;
using System.IO.Pipelines;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Files of this machine as a tar archive for a sandbox elsewhere, owned by the user inside. Links are kept as links; sockets, pipes and devices become empty files.</summary>
/// <param name="source">A file, a link or a directory; null for an empty directory.</param>
internal sealed class TarTree(string? source)
{
    private const UnixFileMode Directory755 = (UnixFileMode)0x1ED;

    /// <summary>The archive, made while it is read.</summary>
    /// <param name="name">The name of the file or directory in it.</param>
    /// <param name="owner">The user inside.</param>
    /// <param name="cancellationToken">Ends the making.</param>
    public Stream Open(string name, (int User, int Group) owner, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        _ = Task.Run(
            async () =>
            {
                try
                {
                    var writer = new TarWriter(pipe.Writer.AsStream(leaveOpen: true), TarEntryFormat.Pax);
                    await using (writer.ConfigureAwait(false))
                    {
                        await WriteAsync(writer, name, owner, cancellationToken).ConfigureAwait(false);
                    }

                    await pipe.Writer.CompleteAsync().ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    await pipe.Writer.CompleteAsync(e).ConfigureAwait(false);
                }
            },
            CancellationToken.None);
        return pipe.Reader.AsStream();
    }

    private async Task WriteAsync(TarWriter writer, string name, (int User, int Group) owner, CancellationToken cancellationToken)
    {
        if (source is null)
        {
            await writer.WriteEntryAsync(Owned(new PaxTarEntry(TarEntryType.Directory, name + "/") { Mode = Directory755 }, owner), cancellationToken).ConfigureAwait(false);
            return;
        }

        FileSystemInfo first = Directory.Exists(source) && new DirectoryInfo(source).LinkTarget is null ? new DirectoryInfo(source) : new FileInfo(source);
        if (!first.Exists && first.LinkTarget is null)
        {
            throw new FileNotFoundException($"{source} does not exist.");
        }

        var rest = new Stack<(FileSystemInfo Info, string Name)>([(first, name)]);
        while (rest.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WriteEntryAsync(writer, next.Info, next.Name, owner, cancellationToken).ConfigureAwait(false);
            if (next.Info is DirectoryInfo { LinkTarget: null } directory)
            {
                foreach (var entry in directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
                {
                    rest.Push((entry, $"{next.Name}/{entry.Name}"));
                }
            }
        }
    }

    private static async Task WriteEntryAsync(TarWriter writer, FileSystemInfo info, string name, (int User, int Group) owner, CancellationToken cancellationToken)
    {
        if (info.LinkTarget is { } target)
        {
            await writer.WriteEntryAsync(Owned(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target }, owner), cancellationToken).ConfigureAwait(false);
        }
        else if (info is DirectoryInfo)
        {
            var mode = OperatingSystem.IsWindows() ? Directory755 : info.UnixFileMode;
            await writer.WriteEntryAsync(Owned(new PaxTarEntry(TarEntryType.Directory, name + "/") { Mode = mode }, owner), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var mode = OperatingSystem.IsWindows() ? Directory755 : info.UnixFileMode;
            var entry = Owned(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode }, owner);

            // A pipe has no length, and opening one would wait for its other end.
            var content = ((FileInfo)info).Length == 0 ? Stream.Null : new FileStream(info.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using (content.ConfigureAwait(false))
            {
                entry.DataStream = content == Stream.Null ? null : content;
                await writer.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static PaxTarEntry Owned(PaxTarEntry entry, (int User, int Group) owner)
    {
        entry.Uid = owner.User;
        entry.Gid = owner.Group;
        return entry;
    }
}

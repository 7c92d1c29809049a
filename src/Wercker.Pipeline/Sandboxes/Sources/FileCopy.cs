using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Copies files and directories with their modes. Links are copied as links and never followed; sockets, pipes and devices are left out.</summary>
/// <param name="cancellationToken">Stops it between two files.</param>
/// <param name="isLeftOut">Tells what to leave out, by the path below the first directory; null leaves out nothing.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class FileCopy(CancellationToken cancellationToken, Func<string, bool, bool>? isLeftOut = null)
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private string? _destination;

    /// <summary>Copies one file, link or directory; a directory that exists is filled up.</summary>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public void Copy(string from, string to)
    {
        if (Directory.Exists(from) && File.ResolveLinkTarget(from, false) is null)
        {
            _destination = Path.GetFullPath(to);
            CopyDirectory(Path.TrimEndingDirectorySeparator(from), to, "");
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (!CopyEntry(from, to))
        {
            throw new FileNotFoundException($"{from} is neither a file nor a directory nor a link.");
        }
    }

    private void CopyDirectory(string from, string to, string relative)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var mode = File.GetUnixFileMode(from) & Permissions;
        Directory.CreateDirectory(to);
        File.SetUnixFileMode(to, mode | OwnerAll);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            var path = relative.Length == 0 ? entry.Name : $"{relative}/{entry.Name}";
            var isDirectory = entry is DirectoryInfo && entry.LinkTarget is null;

            // The work directory may lie inside of the source: copying it into itself would never end.
            if (entry.FullName == _destination || isLeftOut?.Invoke(path, isDirectory) == true)
            {
                continue;
            }

            var target = Path.Combine(to, entry.Name);
            if (isDirectory)
            {
                CopyDirectory(entry.FullName, target, path);
            }
            else
            {
                CopyEntry(entry.FullName, target);
            }
        }

        // Last, for nothing can be put into a directory that is read-only.
        File.SetUnixFileMode(to, mode);
    }

    private bool CopyEntry(string from, string to)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (new FileInfo(from).LinkTarget is { } link)
        {
            if (new FileInfo(to).LinkTarget is not null || File.Exists(to))
            {
                File.Delete(to);
            }

            File.CreateSymbolicLink(to, link);
            return true;
        }

        var type = Libc.ModeOf(from);
        if (type < 0)
        {
            throw new FileNotFoundException($"{from} does not exist or cannot be looked at.");
        }

        // Opening a pipe would wait for its other end.
        if ((type & TypeMask) != RegularFile)
        {
            return false;
        }

        if (new FileInfo(to).LinkTarget is not null)
        {
            File.Delete(to);
        }

        File.Copy(from, to, overwrite: true);
        return true;
    }
}

namespace Wercker.Pipeline.Logs.Lines;

/// <summary>A log file and its elder brothers: app.log.2, app.log.1, app.log.</summary>
internal static class RotatedFiles
{
    private const int Head = 1024;

    /// <summary>Opens the file and those rotated ones that were still written to in the window, the oldest first.</summary>
    /// <remarks>The newest is opened first: a rotation in between lets a file be seen twice, and twice is noticed, while a gap is not.</remarks>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static List<FileStream> Open(string path, DateTimeOffset from)
    {
        var files = new List<FileStream> { OpenOne(path) };
        try
        {
            for (var number = 1; File.Exists($"{path}.{number}") && File.GetLastWriteTimeUtc($"{path}.{number}") >= from.UtcDateTime; number++)
            {
                var rotated = OpenOne($"{path}.{number}");
                if (IsSame(rotated, files[0]))
                {
                    rotated.Dispose();
                    continue;
                }

                files.Insert(0, rotated);
            }

            return files;
        }
        catch
        {
            files.ForEach(static file => file.Dispose());
            throw;
        }
    }

    /// <summary>The file that has taken the place of one that was read; null when it still stands there.</summary>
    public static FileStream? OpenSuccessor(string path, FileStream read)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var now = OpenOne(path);
        if (!IsSame(now, read))
        {
            return now;
        }

        now.Dispose();
        return null;
    }

    private static FileStream OpenOne(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan | FileOptions.Asynchronous);

    /// <summary>Log files that begin with the same lines, times and all, are one and the same.</summary>
    private static bool IsSame(FileStream one, FileStream other)
    {
        Span<byte> first = stackalloc byte[Head];
        Span<byte> second = stackalloc byte[Head];
        var (a, b) = (RandomAccess.Read(one.SafeFileHandle, first, 0), RandomAccess.Read(other.SafeFileHandle, second, 0));
        var common = Math.Min(a, b);
        return common == 0 ? a == b : first[..common].SequenceEqual(second[..common]);
    }
}

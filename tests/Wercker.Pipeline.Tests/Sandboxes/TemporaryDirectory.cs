namespace Wercker.Pipeline.Tests.Sandboxes;

/// <summary>A directory that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wercker-test-").FullName;

    /// <summary>Writes a file, with the directories above it, and returns its path.</summary>
    public string Write(string name, string text, string mode = "644")
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Every file and link below a directory as "mode path" or "path -> target", sorted.</summary>
    public static string[] List(string directory)
    {
        var lines = new List<string>();
        Add(new DirectoryInfo(directory));
        lines.Sort(StringComparer.Ordinal);
        return [.. lines];

        void Add(DirectoryInfo from)
        {
            foreach (var entry in from.EnumerateFileSystemInfos())
            {
                var name = System.IO.Path.GetRelativePath(directory, entry.FullName);
                if (entry.LinkTarget is { } target)
                {
                    lines.Add($"{name} -> {target}");
                }
                else if (entry is DirectoryInfo below)
                {
                    Add(below);
                }
                else
                {
                    lines.Add($"{Convert.ToString((int)entry.UnixFileMode & 0x1FF, 8)} {name}");
                }
            }
        }
    }
}

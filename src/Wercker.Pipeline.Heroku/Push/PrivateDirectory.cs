namespace Wercker.Pipeline.Heroku.Push;

/// <summary>A directory that only this user can read, and that is gone afterwards.</summary>
internal sealed class PrivateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes it.</summary>
    /// <param name="path">One of <see cref="NewPath"/>.</param>
    public PrivateDirectory(string path)
    {
        Path = path;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, OwnerOnly);
        }
    }

    public string Path { get; }

    /// <summary>A path that nobody has.</summary>
    public static string NewPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"wercker-heroku-push-{Guid.NewGuid():N}");

    public void Dispose() => Remove(Path);

    /// <summary>Removes one, also that of a process that was killed.</summary>
    public static void Remove(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            // What was staged may hold directories that even their owner may not write to.
            foreach (var directory in Directory.EnumerateDirectories(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            {
                File.SetUnixFileMode(directory, OwnerOnly);
            }
        }

        Directory.Delete(path, recursive: true);
    }
}

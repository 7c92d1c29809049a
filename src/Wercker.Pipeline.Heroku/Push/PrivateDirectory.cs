namespace Wercker.Pipeline.Heroku.Push;

/// <summary>A directory that only this user can read, and that is gone afterwards.</summary>
internal sealed class PrivateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public PrivateDirectory()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"wercker-heroku-push-{Guid.NewGuid():N}");
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

    /// <summary>Makes a directory in it.</summary>
    public string Make(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            // What was staged may hold directories that even their owner may not write to.
            foreach (var directory in Directory.EnumerateDirectories(Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            {
                File.SetUnixFileMode(directory, OwnerOnly);
            }
        }

        Directory.Delete(Path, recursive: true);
    }
}

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>The one directory in which the platform keeps everything, readable by its owner alone.</summary>
internal static class WorkDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string Create(string? parent)
    {
        string path = Path.Combine(Path.GetFullPath(parent ?? Path.GetTempPath()), "local-heroku-" + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    /// <summary>Removes a directory also when an app left read-only directories in it. What is gone already is no error.</summary>
    public static void Remove(string path)
    {
        for (int attempt = 1; Directory.Exists(path); attempt++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (attempt == 5)
                {
                    throw;
                }

                MakeWritable(path);
            }
        }
    }

    private static void MakeWritable(string path)
    {
        if (!Directory.Exists(path) || new DirectoryInfo(path).LinkTarget is not null)
        {
            return;
        }

        File.SetUnixFileMode(path, OwnerOnly);
        foreach (string child in Directory.GetDirectories(path))
        {
            MakeWritable(child);
        }
    }
}

namespace Wercker.Pipeline.Sqlite.Tests;

/// <summary>A directory for the store of one test.</summary>
internal sealed class StoreFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wercker-store-").FullName;

    public string Path => System.IO.Path.Combine(_directory, "wercker.db");

    public void Dispose() => Directory.Delete(_directory, true);
}

namespace Wercker.Pipeline.Tests.Configuration;

/// <summary>Finds files of the repository, and of the folder beside it, from where the tests run.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>The corpus of real files, in ../shared or where WERCKER_SHARED points to; null where it is not at hand.</summary>
    public static string? FindCorpus()
    {
        var shared = Environment.GetEnvironmentVariable("WERCKER_SHARED") ?? Path.Combine(Root, "..", "shared");
        var folder = Path.Combine(shared, "corpus", "wercker-json");
        return File.Exists(Path.Combine(folder, "MANIFEST.tsv")) ? Path.GetFullPath(folder) : null;
    }

    private static string FindRoot()
    {
        for (var folder = TestContext.CurrentContext.TestDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Wercker.Pipeline.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}

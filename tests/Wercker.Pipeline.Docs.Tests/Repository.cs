namespace Wercker.Pipeline.Docs.Tests;

/// <summary>Finds the files that the tests read, from where the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>README.md and every page in docs, relative to the root.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        [.. Directory.GetFiles(PathOf("docs"), "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal), "README.md"];

    /// <summary>What the pages name although it is still being written elsewhere. Take a line away when its file is there.</summary>
    public static IReadOnlyList<string> Awaited { get; } =
        [];

    public static bool Has(string relative) => File.Exists(PathOf(relative)) || Directory.Exists(PathOf(relative)) || Awaited.Contains(relative);

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

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

namespace Wercker.Pipeline.HouseRules.Tests.Repository;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Checkout
{
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".idea", ".vscode", ".wercker", "bin", "obj", "artifacts", "TestResults", "node_modules",
    };

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static IReadOnlyList<ProjectFile> Projects { get; } =
        [.. Files(path => path.EndsWith(".csproj", StringComparison.Ordinal)).Select(path => ProjectFile.Parse(path, Read(path)))];

    public static IEnumerable<ProjectFile> SourceProjects => Projects.Where(project => project.IsSource);

    public static IEnumerable<SourceFile> SourcesOf(ProjectFile project) =>
        Sources.Where(file => file.Path.StartsWith(project.Folder + "/", StringComparison.Ordinal));

    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files(path => path.EndsWith(".cs", StringComparison.Ordinal)).Select(path => new SourceFile(path, Read(path)))];

    /// <summary>All files of the repository as relative paths with forward slashes, build outputs left out.</summary>
    public static IEnumerable<string> Files(Func<string, bool> wanted) => Walk(new DirectoryInfo(Root)).Where(wanted).Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(DirectoryInfo directory)
    {
        foreach (var file in directory.EnumerateFiles().Where(file => file.LinkTarget is null && file.Name != ".git"))
        {
            yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
        }

        foreach (var child in directory.EnumerateDirectories().Where(child => child.LinkTarget is null && !Skipped.Contains(child.Name)))
        {
            foreach (var file in Walk(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Wercker.Pipeline.sln above {start}: the house rules read the sources, so run them inside the repository.");
    }
}

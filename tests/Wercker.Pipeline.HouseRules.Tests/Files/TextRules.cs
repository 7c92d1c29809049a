using System.Text.RegularExpressions;

namespace Wercker.Pipeline.HouseRules.Tests.Files;

/// <summary>The repository must build anywhere: its text names neither a machine's folders nor the feed that a machine gets its packages from.</summary>
internal static partial class TextRules
{
    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".zip", ".gz", ".tgz", ".tar", ".db", ".snk", ".woff2", ".pdf"];

    // Folders so common, in containers above all, that their name in a text says nothing about this machine.
    private static readonly string[] CommonFolders =
        ["/", "/app", "/builds", "/code", "/home", "/mnt", "/opt", "/repo", "/repos", "/root", "/source", "/src", "/srv", "/tmp", "/usr", "/var", "/workspace", "/workspaces"];

    public static bool IsText(string path) => !Binary.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Paths of people's homes, and of the very checkout that the tests run in.</summary>
    public static IEnumerable<string> MachinePaths(string path, string text, string checkout)
    {
        var found = HomeOfAPerson().Matches(text).Select(match => match.Value);
        foreach (var folder in new[] { checkout, Path.GetDirectoryName(checkout)! }.Where(folder => !CommonFolders.Contains(folder)))
        {
            found = found.Concat(Regex.Matches(text, @"(?<![\w.\-/~}])" + Regex.Escape(folder) + @"(?=[/\\""'\s]|$)").Select(match => match.Value));
        }

        return found.Select(what => $"{path}: holds the path {what} of a machine.");
    }

    /// <summary>Where docker.io is no feed of ours: the name of a Debian package, and the key under which docker keeps the login for its hub.</summary>
    private static readonly string[] DockersOwnName = ["eng/provision.sh", "src/Wercker.Pipeline.Docker/Images/", "tests/Wercker.Pipeline.Docker.Tests/Images/"];

    public static IEnumerable<string> RegistryHosts(string path, string text) =>
        RegistryHost().Matches(text)
            .Where(match => !(match.Value.EndsWith("docker.io", StringComparison.Ordinal) && DockersOwnName.Any(place => path.StartsWith(place, StringComparison.Ordinal))))
            .Select(match => $"{path}: names the registry {match.Value}. Where packages come from is the machine's setting.");

    [GeneratedRegex(@"(?<![\w.\-])(?:/Users/[a-z]\w+/|[A-Z]:\\Users\\\w+|/home/(?!(?:ubuntu|user|me|you|app|deploy|runner|vagrant)/)[a-z]\w*/)")]
    private static partial Regex HomeOfAPerson();

    [GeneratedRegex(
        @"\b(?:[\w-]+\.)*(?:nuget\.org|nuget\.pkg\.github\.com|pkgs\.dev\.azure\.com|pkgs\.visualstudio\.com|jfrog\.io|npmjs\.(?:org|com)|yarnpkg\.com|pypi\.org|docker\.io|ghcr\.io|quay\.io|gcr\.io)\b|https?://[\w.\-:]+/(?:[\w.\-]+/)*v3/index\.json",
        RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();
}

using System.Text.RegularExpressions;
using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.Files;

/// <summary>What a file may be: short, in a room named for what it does, and in the namespace of its folder.</summary>
internal static partial class FileRules
{
    private const int MaxLines = 300;

    // A folder by kind of thing collects everything and explains nothing; a room is named for what it does.
    private static readonly string[] Drawers =
        ["Utils", "Util", "Utilities", "Helpers", "Helper", "Common", "Misc", "Models", "Interfaces", "Extensions", "Managers"];

    public static IEnumerable<string> TooLong(SourceFile file)
    {
        if (file.LineCount > MaxLines)
        {
            yield return $"{file.Path}: {file.LineCount} lines; at most {MaxLines}. Find the second thing in it and give it a file.";
        }
    }

    public static IEnumerable<string> Drawer(string path) => path.Split('/')[..^1]
        .Where(folder => Drawers.Contains(folder, StringComparer.OrdinalIgnoreCase))
        .Select(folder => $"{path}: '{folder}' is a drawer. Name the folder for what the code in it does.");

    /// <summary>
    /// The namespace follows the folder. Two exceptions: extension methods may stand where people find them, in the package's
    /// root namespace or in the container's.
    /// </summary>
    public static IEnumerable<string> WrongNamespace(SourceFile file, ProjectFile project)
    {
        var folder = file.Path[..file.Path.LastIndexOf('/')];
        var expected = (project.Name + folder[project.Folder.Length..]).Replace('/', '.');
        var isExtension = ExtensionClass().IsMatch(file.Code);
        var allowed = file.Namespace is null || file.Namespace == expected
            || (isExtension && file.Namespace is "Wercker.Pipeline" or "Microsoft.Extensions.DependencyInjection");
        if (!allowed)
        {
            yield return $"{file.Path}: namespace {file.Namespace}, but the folder says {expected}.";
        }
    }

    public static IEnumerable<string> BannedSymbolsOff(SourceFile file)
    {
        if (file.Text.Contains("RS0030", StringComparison.Ordinal))
        {
            yield return $"{file.Path}: switches off the banned symbols (RS0030). Use the TimeProvider; only the tool talks to the console.";
        }
    }

    public static IEnumerable<string> BannedSymbolsOff(ProjectFile project)
    {
        if (BannedSwitch().IsMatch(project.Text))
        {
            yield return $"{project.Path}: takes the banned symbols away from the project. Only the tool may.";
        }
    }

    /// <summary>Without the analyzer, the list and its essential entries, the two rules above would guard nothing.</summary>
    public static IEnumerable<string> BannedSymbolsMissing(string buildProps, string bannedSymbols)
    {
        string[] inProps = ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "BannedSymbols.txt"];
        string[] inList =
        [
            "P:System.DateTime.Now;", "P:System.DateTime.UtcNow;", "P:System.DateTimeOffset.Now;", "P:System.DateTimeOffset.UtcNow;",
            "M:System.Threading.Thread.Sleep(System.Int32);", "T:System.Console;",
        ];
        return inProps.Where(text => !buildProps.Contains(text, StringComparison.Ordinal)).Select(text => $"src/Directory.Build.props: {text} is missing.")
            .Concat(inList.Where(text => !bannedSymbols.Contains(text, StringComparison.Ordinal)).Select(text => $"src/BannedSymbols.txt: {text} is missing."));
    }

    [GeneratedRegex(@"\bstatic\s+(?:partial\s+)?class\s+\w+Extensions\b")]
    private static partial Regex ExtensionClass();

    [GeneratedRegex("RS0030|Remove=\"[^\"]*Banned|<RunAnalyzers>\\s*false", RegexOptions.IgnoreCase)]
    private static partial Regex BannedSwitch();
}

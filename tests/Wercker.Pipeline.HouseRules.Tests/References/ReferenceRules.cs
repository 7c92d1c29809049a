using System.Text.RegularExpressions;
using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.References;

/// <summary>Holds the projects against the <see cref="ReferenceTable"/>.</summary>
internal static class ReferenceRules
{
    public static IEnumerable<string> Violations(ProjectFile project) =>
        Projects(project).Concat(project.Name == ReferenceTable.Core ? PackagesOfTheCore(project.Path, project.Packages) : ForeignDependencies(project));

    /// <summary>The same for the built core: nothing may slip in through a package of a package.</summary>
    public static IEnumerable<string> AssembliesOfTheCore(IEnumerable<string> referenced) =>
        PackagesOfTheCore("The core's assembly", referenced.Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("System" or "netstandard" or "mscorlib" or "Microsoft.Win32.Primitives")));

    /// <summary>What is not in the solution is neither built nor tested by CI, and nobody notices.</summary>
    public static IEnumerable<string> NotInTheSolution(string solution, IEnumerable<string> projects) => projects
        .Where(path => !solution.Replace('\\', '/').Contains($"\"{path}\"", StringComparison.Ordinal))
        .Select(path => $"{path}: not in the solution, so CI neither builds nor tests it. Run dotnet sln add.");

    private static IEnumerable<string> PackagesOfTheCore(string where, IEnumerable<string> packages) => packages
        .Where(package => !ReferenceTable.PackagesOfTheCore.Any(pattern => Fits(pattern, package)))
        .Select(package => $"{where}: the core must not depend on {package}. Give the dependency a package of its own.");

    private static IEnumerable<string> ForeignDependencies(ProjectFile project)
    {
        var families = project.Packages
            .Where(package => !ReferenceTable.Plumbing.Any(pattern => Fits(pattern, package)))
            .Select(FamilyOf)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (project.IsSource && !project.IsTool && families.Length > 1)
        {
            yield return $"{project.Path}: one foreign dependency is the reason for a package; this one has {string.Join(", ", families)}. Split it.";
        }
    }

    private static IEnumerable<string> Projects(ProjectFile project)
    {
        if (project.IsSample || ReferenceTable.MayReferenceSeveral.Contains(project.Name))
        {
            return [];
        }

        IReadOnlyList<string> allowed = project switch
        {
            { Name: ReferenceTable.Core } => [],
            { IsSource: true } => [ReferenceTable.Core],
            { IsTest: true } when project.Name.EndsWith(".Tests", StringComparison.Ordinal) => [.. ReferenceTable.ForEveryTest, project.Name[..^".Tests".Length]],
            _ => [ReferenceTable.Core],
        };
        return project.Projects.Except(allowed)
            .Select(other => $"{project.Path}: must not reference {other}. Packages know the core and never each other; see {nameof(ReferenceTable)}.");
    }

    // "Npgsql" and "Npgsql.OpenTelemetry" come from one house; of Microsoft's many houses the second word tells.
    private static string FamilyOf(string package)
    {
        var words = package.Split('.');
        return words[0] is "Microsoft" or "System" && words.Length > 1 ? $"{words[0]}.{words[1]}" : words[0];
    }

    private static bool Fits(string pattern, string name) =>
        Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace(@"\*", ".+", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant);
}

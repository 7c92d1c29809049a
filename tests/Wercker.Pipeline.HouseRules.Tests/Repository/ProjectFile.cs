using System.Xml.Linq;

namespace Wercker.Pipeline.HouseRules.Tests.Repository;

/// <summary>What a csproj says, as far as the rules ask.</summary>
internal sealed record ProjectFile(string Path)
{
    public string Folder => Path[..Path.LastIndexOf('/')];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsSource => Path.StartsWith("src/", StringComparison.Ordinal);

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public bool IsSample => Path.StartsWith("samples/", StringComparison.Ordinal);

    public bool IsTool => Name == "Wercker.Pipeline.Tool";

    public string AssemblyName { get; init; } = string.Empty;

    /// <summary>Names of the projects it references.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Packages that become a dependency of whoever uses the project, and shared frameworks.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    public string Text { get; init; } = string.Empty;

    public static ProjectFile Parse(string path, string text)
    {
        var xml = XDocument.Parse(text);
        var assemblyName = xml.Descendants("AssemblyName").LastOrDefault()?.Value;
        return new ProjectFile(path)
        {
            Text = text,
            AssemblyName = assemblyName ?? System.IO.Path.GetFileNameWithoutExtension(path),
            Projects = [.. Includes(xml, "ProjectReference").Select(item => System.IO.Path.GetFileNameWithoutExtension(item.Replace('\\', '/')))],
            Packages = [.. Includes(xml, "PackageReference"), .. Includes(xml, "FrameworkReference")],
        };
    }

    private static IEnumerable<string> Includes(XDocument xml, string item) => xml.Descendants(item)
        .Where(element => !IsPrivate(element))
        .Select(element => (string?)element.Attribute("Include"))
        .OfType<string>()
        .SelectMany(value => value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // Analyzers and build tools end with the build: nobody downstream gets them.
    private static bool IsPrivate(XElement element) =>
        string.Equals((string?)element.Attribute("PrivateAssets") ?? element.Element("PrivateAssets")?.Value, "all", StringComparison.OrdinalIgnoreCase)
        || string.Equals((string?)element.Attribute("ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase);
}

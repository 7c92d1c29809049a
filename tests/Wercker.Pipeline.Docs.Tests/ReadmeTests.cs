using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Docs.Tests;

public sealed partial class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Test]
    public void Readme_FirstCommands_AreTheQuickstartAndTheTests() =>
        Assert.That(Commands().Take(2), Is.EqualTo(new[] { "dotnet run --project samples/Quickstart", "./test.sh" }));

    [Test]
    public void Readme_ProjectsOfItsCommands_AreThere() =>
        Assert.That(Commands().SelectMany(command => ProjectPattern().Matches(command)).Select(match => match.Groups[1].Value), Is.Not.Empty.And.All.Matches<string?>(HasProject));

    [Test]
    public void Readme_ScriptsOfItsCommands_AreThereAndRun() =>
        Assert.That(
            Commands().Where(command => command.StartsWith("./", StringComparison.Ordinal)).Select(command => Repository.PathOf(command.Split(' ')[0])),
            Is.Not.Empty.And.All.Matches<string>(script => File.Exists(script) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(script) & UnixFileMode.UserExecute) != 0)));

    [Test]
    public void Readme_PackagesOfItsTable_AreThoseOfTheRepository()
    {
        var named = PackagePattern().Matches(Readme).Select(match => match.Groups[1].Value).ToArray();
        var packages = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);
        Assert.That(packages, Is.SubsetOf(named));
        Assert.That(named, Has.All.Matches<string>(package => Repository.Has($"src/{package}")));
    }

    [Test]
    public void Readme_ExampleOfCode_IsShort() =>
        Assert.That(CodeBlock.In("README.md", Readme).Single().Code.Split('\n'), Has.Length.LessThanOrEqualTo(17));

    [Test]
    public void Samples_EveryProject_IsRunByTheBuildOrSaysWhyNot()
    {
        var run = Repository.Read("eng/samples.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#' && (line[0] != '!' || line.Split(' ').Length > 3))
            .Select(line => $"samples/{line.TrimStart('!', ' ').Split(' ')[0]}");
        Assert.That(Directory.GetDirectories(Repository.PathOf("samples")).Select(path => $"samples/{Path.GetFileName(path)}").Where(HasProject), Is.SubsetOf(run));
    }

    private static bool HasProject(string? folder) => File.Exists(Repository.PathOf($"{folder}/{Path.GetFileName(folder)}.csproj"));

    private static IEnumerable<string> Commands() =>
        from Match block in ShellPattern().Matches(Readme)
        from line in block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        select line.Trim();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellPattern();

    [GeneratedRegex(@"--project (\S+)")]
    private static partial Regex ProjectPattern();

    [GeneratedRegex(@"^\| `(Wercker\.[\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex PackagePattern();
}

using System.Reflection;
using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.References;

public class ReferenceTests
{
    private static IEnumerable<TestCaseData> Projects => Checkout.Projects.Select(project => new TestCaseData(project.Path));

    [TestCaseSource(nameof(Projects))]
    public void Project_InTheRepository_ReferencesOnlyWhatTheTableAllows(string path) =>
        Assert.That(ReferenceRules.Violations(Checkout.Projects.Single(project => project.Path == path)), Is.Empty);

    [Test]
    public void Core_Built_ReferencesOnlyItsPackages() =>
        Assert.That(ReferenceRules.AssembliesOfTheCore(typeof(IDeployStep).Assembly.GetReferencedAssemblies().Select(name => name.Name!)), Is.Empty);

    [Test]
    public void AssembliesOfTheCore_ForeignAssembly_IsNamed() => Assert.That(
        ReferenceRules.AssembliesOfTheCore(["System.Runtime", "Polly.Core", "Npgsql"]), Is.EqualTo(new[] { "The core's assembly: the core must not depend on Npgsql. Give the dependency a package of its own." }));

    [TestCase("src/Wercker.Pipeline/Wercker.Pipeline.csproj", "<PackageReference Include='Npgsql' />")]
    [TestCase("src/Wercker.Pipeline/Wercker.Pipeline.csproj", "<PackageReference Include='Microsoft.Extensions.Http' />")]
    [TestCase("src/Wercker.Pipeline/Wercker.Pipeline.csproj", "<FrameworkReference Include='Microsoft.AspNetCore.App' />")]
    [TestCase("src/Wercker.Pipeline/Wercker.Pipeline.csproj", "<ProjectReference Include='../Wercker.Pipeline.Ssh/Wercker.Pipeline.Ssh.csproj' />")]
    [TestCase("src/Wercker.Pipeline.Docker/Wercker.Pipeline.Docker.csproj", "<ProjectReference Include='..\\Wercker.Pipeline.Ssh\\Wercker.Pipeline.Ssh.csproj' />")]
    [TestCase("src/Wercker.Pipeline.Docker/Wercker.Pipeline.Docker.csproj", "<PackageReference Include='Docker.DotNet' /><PackageReference Include='Npgsql' />")]
    [TestCase("src/Wercker.Pipeline.Board/Wercker.Pipeline.Board.csproj", "<FrameworkReference Include='Microsoft.AspNetCore.App' /><PackageReference Include='Dapper' />")]
    [TestCase("tests/Wercker.Pipeline.Docker.Tests/Wercker.Pipeline.Docker.Tests.csproj", "<ProjectReference Include='../../src/Wercker.Pipeline.Ssh/Wercker.Pipeline.Ssh.csproj' />")]
    public void Violations_ForbiddenReference_NamesTheProject(string path, string items) =>
        Assert.That(ReferenceRules.Violations(Project(path, items)), Has.One.StartsWith(path + ": "));

    [TestCase("src/Wercker.Pipeline/Wercker.Pipeline.csproj", "<PackageReference Include='Microsoft.Extensions.Logging.Abstractions' /><PackageReference Include='Polly.Core' />")]
    [TestCase("src/Wercker.Pipeline/Wercker.Pipeline.csproj", "<PackageReference Include='Some.Analyzers' PrivateAssets='all' />")]
    [TestCase("src/Wercker.Pipeline.Orleans/Wercker.Pipeline.Orleans.csproj", "<PackageReference Include='Microsoft.Orleans.Sdk' /><PackageReference Include='Microsoft.Orleans.Server' /><PackageReference Include='Microsoft.Extensions.Hosting' />")]
    [TestCase("src/Wercker.Pipeline.Tool/Wercker.Pipeline.Tool.csproj", "<ProjectReference Include='../Wercker.Pipeline.Ssh/Wercker.Pipeline.Ssh.csproj' /><PackageReference Include='Spectre.Console' /><PackageReference Include='System.CommandLine' />")]
    [TestCase("samples/Shop/Shop.csproj", "<ProjectReference Include='../../src/Wercker.Pipeline.Ssh/Wercker.Pipeline.Ssh.csproj' />")]
    [TestCase("tests/Wercker.Pipeline.Ssh.Tests/Wercker.Pipeline.Ssh.Tests.csproj", "<ProjectReference Include='../../src/Wercker.Pipeline.Ssh/Wercker.Pipeline.Ssh.csproj' />")]
    public void Violations_AllowedReference_IsSilent(string path, string items) =>
        Assert.That(ReferenceRules.Violations(Project(path, items)), Is.Empty);

    [Test]
    public void Projects_All_AreInTheSolution() =>
        Assert.That(ReferenceRules.NotInTheSolution(Checkout.Read("Wercker.Pipeline.sln"), Checkout.Projects.Select(project => project.Path)), Is.Empty);

    [Test]
    public void NotInTheSolution_ForgottenProject_IsNamed() => Assert.That(
        ReferenceRules.NotInTheSolution("\"A\", \"src\\A\\A.csproj\"", ["src/A/A.csproj", "src/B/B.csproj"]), Has.One.StartsWith("src/B/B.csproj: "));

    [Test]
    public void HouseRules_TheirOwnAssembly_ReferencesEveryLibrary()
    {
        // The glob in the project file is what makes the rules hold for packages that are added later.
        var missing = Checkout.SourceProjects
            .Select(project => project.AssemblyName + ".dll")
            .Where(file => !File.Exists(Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, file)));
        Assert.That(missing, Is.Empty);
    }

    private static ProjectFile Project(string path, string items) => ProjectFile.Parse(path, $"<Project><ItemGroup>{items}</ItemGroup></Project>");
}

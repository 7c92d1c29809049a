using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.Files;

public class FileTests
{
    [Test]
    public void Sources_All_AreShort() => Assert.That(Checkout.Sources.SelectMany(FileRules.TooLong), Is.Empty);

    [Test]
    public void TooLong_OneLineTooMany_IsNamedWithItsLength()
    {
        Assert.That(FileRules.TooLong(new SourceFile("src/A.cs", new string('\n', 300))), Is.Empty);
        Assert.That(FileRules.TooLong(new SourceFile("src/A.cs", new string('\n', 300) + "x")), Has.One.StartsWith("src/A.cs: 301 lines"));
    }

    [Test]
    public void Folders_All_AreRooms() => Assert.That(Checkout.Files(_ => true).SelectMany(FileRules.Drawer), Is.Empty);

    [TestCase("src/Wercker.Pipeline/Utils/A.cs")]
    [TestCase("tests/X/helpers/A.cs")]
    [TestCase("src/X/Sandboxes/Models/A.cs")]
    public void Drawer_FolderByKind_IsNamed(string path) => Assert.That(FileRules.Drawer(path), Has.One.StartsWith(path));

    [Test]
    public void Sources_OfThePackages_HaveTheNamespaceOfTheirFolder() =>
        Assert.That(Checkout.SourceProjects.SelectMany(project => Checkout.SourcesOf(project).SelectMany(file => FileRules.WrongNamespace(file, project))), Is.Empty);

    [TestCase("namespace A.B; class X;", 1)]
    [TestCase("namespace A; class X;", 1)]
    [TestCase("namespace Wercker.Pipeline; class X;", 1)]
    [TestCase("namespace Wercker.Pipeline; public static class XExtensions;", 0)]
    [TestCase("namespace A.Room; class X;", 0)]
    public void WrongNamespace_InAFolder_FollowsTheFolder(string code, int violations) =>
        Assert.That(FileRules.WrongNamespace(new SourceFile("src/A/Room/X.cs", code), new ProjectFile("src/A/A.csproj")).Count(), Is.EqualTo(violations));

    [Test]
    public void BannedSymbols_InEveryPackageButTheTool_AreInForce()
    {
        var guarded = Checkout.SourceProjects.Where(project => !project.IsTool).ToArray();
        Assert.That(guarded.SelectMany(FileRules.BannedSymbolsOff), Is.Empty);
        Assert.That(guarded.SelectMany(Checkout.SourcesOf).SelectMany(FileRules.BannedSymbolsOff), Is.Empty);
        Assert.That(FileRules.BannedSymbolsMissing(Checkout.Read("src/Directory.Build.props"), Checkout.Read("src/BannedSymbols.txt")), Is.Empty);
    }

    [Test]
    public void BannedSymbols_NoProjectOfItsOwnProps_EscapesThem() =>
        Assert.That(Checkout.SourceProjects.Where(project => Checkout.Files(path => path == project.Folder + "/Directory.Build.props").Any()), Is.Empty);

    [TestCase("<NoWarn>$(NoWarn);RS0030</NoWarn>")]
    [TestCase("<AdditionalFiles Remove=\"../BannedSymbols.txt\" />")]
    [TestCase("<PackageReference Remove=\"Microsoft.CodeAnalysis.BannedApiAnalyzers\" />")]
    [TestCase("<RunAnalyzers>false</RunAnalyzers>")]
    public void BannedSymbolsOff_ProjectThatTakesThemAway_IsNamed(string item) =>
        Assert.That(FileRules.BannedSymbolsOff(new ProjectFile("src/A/A.csproj") { Text = item }), Has.One.StartsWith("src/A/A.csproj"));

    [Test]
    public void BannedSymbolsOff_Pragma_IsNamed() =>
        Assert.That(FileRules.BannedSymbolsOff(new SourceFile("src/A/X.cs", "#pragma warning disable RS0030")), Has.One.StartsWith("src/A/X.cs"));

    [Test]
    public void BannedSymbolsMissing_EmptyFiles_NamesEachEntry() => Assert.That(FileRules.BannedSymbolsMissing("", ""), Has.Exactly(8).Items);
}

using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.Rooms;

public class RoomTests
{
    private const string Folder = "src/Wercker.Pipeline";

    [Test]
    public void Core_EveryRoom_UsesOnlyWhatTheTableAllows() => Assert.That(OfTheCore().Violations(), Is.Empty);

    [Test]
    public void Core_ReadFromTheSources_HasTheRoomsOfTheKernel() =>
        Assert.That(OfTheCore().Rooms, Is.SupersetOf(new[] { "Engine", "Journal", "Locks", "Secrets", "Targets", "Sandboxes" }));

    [TestCase("Logs/LogTest.cs", "using Wercker.Pipeline.Engine;")]
    [TestCase("Logs/LogTest.cs", "using Wercker.Pipeline.Targets;")]
    [TestCase("Sandboxes/X.cs", "global using static Wercker.Pipeline.Targets.CustomTarget;")]
    [TestCase("Sandboxes/X.cs", "using Target = Wercker.Pipeline.Targets.CustomTarget;")]
    [TestCase("Sandboxes/X.cs", "class X { Wercker.Pipeline.Targets.CustomTarget? _target; }")]
    [TestCase("Sandboxes/X.cs", "class X { global::Wercker.Pipeline.Engine.Runner? _runner; }")]
    [TestCase("Steps/X.cs", "class X { object o = new Engine.Runner(); }")]
    [TestCase("Steps/X.cs", "using Wercker.Pipeline.Journal;")]
    [TestCase("Steps/Deep/X.cs", "using Wercker.Pipeline.Engine;")]
    [TestCase("Secrets/X.cs", "using Wercker.Pipeline.Journal;")]
    [TestCase("NewRoom/X.cs", "using Wercker.Pipeline.Logs;")]
    [TestCase("Journal/X.cs", "using Wercker.Pipeline.Reports;")]
    public void Violations_ForbiddenUse_NamesFileAndRooms(string path, string code) =>
        Assert.That(WithRooms(path, code).Violations(), Has.One.StartsWith($"{Folder}/{path}: "));

    [TestCase("Steps/X.cs", "using Wercker.Pipeline.Targets;")]
    [TestCase("Logs/X.cs", "using Wercker.Pipeline.Secrets;")]
    [TestCase("Logs/X.cs", "// Wercker.Pipeline.Engine is not for us.\nclass X { string s = \"Wercker.Pipeline.Engine\"; }")]
    [TestCase("Logs/X.cs", "class X { int Targets => 1; string s = Targets.ToString(); }")]
    [TestCase("DependencyInjection/X.cs", "using Wercker.Pipeline.Engine;")]
    [TestCase("X.cs", "using Wercker.Pipeline.Engine;")]
    public void Violations_AllowedUse_IsSilent(string path, string code) =>
        Assert.That(WithRooms(path, code).Violations(), Is.Empty);

    private static RoomRule OfTheCore() =>
        new(Folder, Checkout.SourcesOf(Checkout.SourceProjects.Single(project => project.Folder == Folder)));

    private static RoomRule WithRooms(string path, string code) => new(Folder,
    [
        new($"{Folder}/Engine/Runner.cs", "namespace Wercker.Pipeline.Engine; class Runner;"),
        new($"{Folder}/Targets/CustomTarget.cs", "namespace Wercker.Pipeline.Targets; class CustomTarget;"),
        new($"{Folder}/Journal/Journal.cs", "namespace Wercker.Pipeline.Journal; class Journal;"),
        new($"{Folder}/Logs/Source.cs", "namespace Wercker.Pipeline.Logs; class Source;"),
        new($"{Folder}/Steps/Push.cs", "namespace Wercker.Pipeline.Steps; class Push;"),
        new($"{Folder}/Reports/Writer.cs", "namespace Wercker.Pipeline.Reports; class Writer;"),
        new($"{Folder}/Secrets/Secret.cs", "namespace Wercker.Pipeline.Secrets; class Secret;"),
        new($"{Folder}/{path}", code),
    ]);
}

using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

/// <summary>The JSON Schema for editors and the reader's tables of keys say the same.</summary>
public sealed class WerckerSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "wercker.schema.json")))!;

    [Test]
    public void Properties_OfTheFile_AreTheKeysAndStepsOfTheReader()
    {
        var expected = Spellings(KnownKeys.File).Concat(KnownKeys.Steps.Select(step => (step, KeyShape.StepToggle)));

        Assert.That(Describe(Schema["properties"]!), Is.EquivalentTo(expected.Select(Describe)));
    }

    [Test]
    public void Properties_OfATarget_AreTheKeysOfTheReader() =>
        Assert.That(Describe(Definition("target")["properties"]!), Is.EquivalentTo(Spellings(KnownKeys.Target).Select(Describe)));

    [Test]
    public void Properties_OfACommand_AreTheKeysOfTheReader() =>
        Assert.That(Describe(Definition("commandObject")["properties"]!), Is.EquivalentTo(Spellings(KnownKeys.Command).Select(Describe)));

    [Test]
    public void Properties_OfAStep_AreTheKeysOfTheReader()
    {
        // The commands of a step cannot be named steps again, so their shape is written out.
        var expected = Spellings(KnownKeys.Step).Select(key => key.Name == KnownKeys.Commands ? "commands: string|array" : Describe(key));

        Assert.That(Describe(Definition("stepObject")["properties"]!), Is.EquivalentTo(expected));
    }

    [TestCase("commands", "string|array|commandObject|stepObject|object|false")]
    [TestCase("customSteps", "object|string|array")]
    [TestCase("step", "string|array|commandObject|stepObject|false")]
    [TestCase("command", "string|commandObject")]
    [TestCase("services", "object|string|textList")]
    [TestCase("minutes", "integer")]
    [TestCase("stepToggle", "boolean|object")]
    [TestCase("variables", "object")]
    [TestCase("variableNames", "array")]
    [TestCase("textList", "array")]
    [TestCase("targets", "object")]
    [TestCase("map", "object")]
    public void Definition_Shape_IsWhatTheReaderAccepts(string name, string shape) => Assert.That(ShapeOf(Definition(name)), Is.EqualTo(shape));

    [Test]
    public void EveryProperty_OldOnesToo_IsDescribed()
    {
        foreach (var properties in new[] { Schema, Definition("target"), Definition("commandObject"), Definition("stepObject") }.Select(node => node["properties"]!.AsObject()))
        {
            foreach (var (name, property) in properties)
            {
                Assert.That(property!["description"]?.GetValue<string>(), Is.Not.Null.And.Length.GreaterThan(15), name);
            }
        }
    }

    [Test]
    public void EveryKey_OfTheSchema_IsReadWithoutWarning()
    {
        foreach (var (name, property) in Schema["properties"]!.AsObject())
        {
            var value = ShapeOf(property!) switch
            {
                "string" or "" => "\"x\"",
                "textList" => "[\"x\"]",
                "minutes" => "5",
                "commands" or "customSteps" => "[\"ls\"]",
                _ => "{}",
            };

            Assert.That(WerckerConfig.Parse($"{{\"{name}\": {value}}}").Warnings, Is.Empty, name);
        }
    }

    private static JsonNode Definition(string name) => Schema["$defs"]![name]!;

    private static IEnumerable<(string Name, KeyShape Shape)> Spellings(KeyTable table) =>
        table.Keys.SelectMany(key => key.OlderNames.Append(key.Name).Select(name => (name, key.Shape)));

    private static string Describe((string Name, KeyShape Shape) key) => $"{key.Name}: " + key.Shape switch
    {
        KeyShape.Any => "",
        KeyShape.Text => "string",
        KeyShape.Flag => "boolean",
        _ => char.ToLowerInvariant(key.Shape.ToString()[0]) + key.Shape.ToString()[1..],
    };

    private static IEnumerable<string> Describe(JsonNode properties) => properties.AsObject().Select(pair => $"{pair.Key}: {ShapeOf(pair.Value!)}");

    /// <summary>The reader of the file takes the settings of tests as they are; what reads them is held to the schema by a test with the tool.</summary>
    private static string NameOf(string definition) => definition is "notifications" or "httpTest" or "logTest" or "metricsTest" ? "map" : definition;

    private static string ShapeOf(JsonNode node) => node switch
    {
        _ when node["$ref"] is { } reference => NameOf(reference.GetValue<string>()["#/$defs/".Length..]),
        _ when node["anyOf"] is JsonArray alternatives => string.Join('|', alternatives.Select(alternative => ShapeOf(alternative!))),
        _ when node["const"] is { } constant => constant.ToJsonString(),
        _ when node["type"] is JsonArray types => string.Join('|', types.Select(type => type!.GetValue<string>())),
        _ => node["type"]?.GetValue<string>() ?? "",
    };
}

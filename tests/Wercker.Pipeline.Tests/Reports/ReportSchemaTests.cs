using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FsCheck.Fluent;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Reports;

/// <summary>Keeps docs/report.schema.json and what is written equal, in both directions.</summary>
public sealed class ReportSchemaTests
{
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(File.ReadAllText(FindSchema()))!;

    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileReports)], MaxTest = 300)]
    public void WriteJson_AnyReport_IsAsTheSchemaSays(DeployReport report)
    {
        var json = JsonNode.Parse(JsonReportTests.Write(report));

        Assert.That(Faults(json, Schema, "$"), Is.Empty);
    }

    [Test]
    public void Schema_EveryObject_RequiresAllItsMembersAndAllowsNoOthers()
    {
        foreach (var described in new[] { Schema, Definition("step"), Definition("evidence") })
        {
            var members = described["properties"]!.AsObject().Select(pair => pair.Key);
            Assert.That(described["required"]!.AsArray().Select(name => (string)name!), Is.EqualTo(members));
            Assert.That((bool)described["additionalProperties"]!, Is.False);
        }
    }

    [Test]
    public void Schema_Enumerations_AreThoseOfTheCode()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Words(Schema["properties"]!["status"]!).Select(w => (string)w!), Is.EqualTo(WordsOf<DeployStatus>()));
            Assert.That(Words(Schema["properties"]!["restore"]!).Select(w => (string)w!), Is.EqualTo(WordsOf<RestoreStatus>()));
            Assert.That(Words(Definition("stepStatus")).Select(w => (string)w!), Is.EqualTo(WordsOf<StepStatus>()));
        });
    }

    [Test]
    public void Schema_ReportWithAMemberTakenOutAddedOrSpoiled_IsRefused()
    {
        var report = Hostile.Report.Sample(1, 20).First();
        var whole = JsonReportTests.Write(report with { Steps = DeployReport.FromEvents(ReportSamples.Failed()).Steps });
        foreach (var path in new Func<JsonNode, JsonObject>[] { root => root.AsObject(), root => root["steps"]![2]!.AsObject(), root => root["steps"]![2]!["evidence"]![0]!.AsObject() })
        {
            foreach (var member in path(JsonNode.Parse(whole)!).Select(pair => pair.Key))
            {
                AssertRefused(whole, root => path(root).Remove(member), $"without {member}");
                AssertRefused(whole, root => path(root)[member] = new JsonArray(new JsonArray()), $"with a spoiled {member}");
            }

            AssertRefused(whole, root => path(root)["more"] = 1, "with one more member");
        }
    }

    private static void AssertRefused(byte[] whole, Action<JsonNode> spoil, string what)
    {
        var json = JsonNode.Parse(whole)!;
        spoil(json);
        Assert.That(Faults(json, Schema, "$"), Is.Not.Empty, what);
    }

    /// <summary>The part of JSON Schema that our schema uses; a keyword beyond it is a fault, so none can be there without effect.</summary>
    private static IEnumerable<string> Faults(JsonNode? value, JsonObject schema, string path)
    {
        foreach (var (keyword, rule) in schema)
        {
            var faults = keyword switch
            {
                "$schema" or "$id" or "$defs" or "title" or "description" => [],
                "$ref" => Faults(value, Definition(((string)rule!)["#/$defs/".Length..]), path),
                "const" => JsonNode.DeepEquals(value, rule) ? [] : [$"{path} is not {rule}"],
                "enum" => Words(schema).Any(word => JsonNode.DeepEquals(word, value)) ? [] : [$"{path} is no word of the list"],
                "type" => TypesOf(rule!).Contains(TypeOf(value)) ? [] : [$"{path} is a {TypeOf(value)}"],
                "format" => value is null || value.GetValueKind() == JsonValueKind.String && ((string)value!).EndsWith('Z') && DateTimeOffset.TryParse((string)value!, null, out _) ? [] : [$"{path} is no time in UTC"],
                "required" => rule!.AsArray().Where(name => value is not JsonObject o || !o.ContainsKey((string)name!)).Select(name => $"{path}.{name} is missing"),
                "properties" => value is JsonObject map ? rule!.AsObject().Where(p => map.ContainsKey(p.Key)).SelectMany(p => Faults(map[p.Key], (JsonObject)p.Value!, $"{path}.{p.Key}")) : [],
                "additionalProperties" => value is JsonObject map ? Additional(map, schema, rule!, path) : [],
                "items" => value is JsonArray list ? list.SelectMany((item, i) => Faults(item, (JsonObject)rule!, $"{path}[{i}]")) : [],
                _ => [$"the keyword {keyword} is not checked"],
            };
            foreach (var fault in faults)
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> Additional(JsonObject map, JsonObject schema, JsonNode rule, string path)
    {
        var others = map.Where(pair => schema["properties"] is not JsonObject known || !known.ContainsKey(pair.Key));
        return rule is JsonObject inner ? others.SelectMany(pair => Faults(pair.Value, inner, $"{path}.{pair.Key}")) : others.Select(pair => $"{path}.{pair.Key} is unknown");
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        { } kind => kind.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<string> TypesOf(JsonNode rule) => rule is JsonArray list ? list.Select(type => (string)type!) : [(string)rule!];

    private static JsonArray Words(JsonNode schema) => schema["enum"]!.AsArray();

    private static IEnumerable<string> WordsOf<T>()
        where T : struct, Enum =>
        Enum.GetNames<T>().Select(name => ((JsonStringEnumMemberNameAttribute)Attribute.GetCustomAttribute(typeof(T).GetField(name)!, typeof(JsonStringEnumMemberNameAttribute))!).Name);

    private static JsonObject Definition(string name) => (JsonObject)Schema["$defs"]![name]!;

    private static string FindSchema()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The repository is not above the tests.");
        }

        return Path.Combine(directory.FullName, "docs", "report.schema.json");
    }
}

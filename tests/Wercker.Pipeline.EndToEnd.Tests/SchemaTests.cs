using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>docs/wercker.schema.json and the tool know the same keys of HTTP, log and metrics tests, and of everything in them.</summary>
public sealed partial class SchemaTests
{
    private const string Http = "\"url\": \"https://shop.example.com\"";
    private const string Graphite = "\"source\": {\"provider\": \"graphite\", \"url\": \"https://graphite.example.com\"}";

    private static readonly JsonObject Definitions =
        JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "wercker.schema.json")))!["$defs"]!.AsObject();

    /// <summary>For each definition of the schema, settings with a key that nobody knows where the definition holds.</summary>
    private static readonly Dictionary<string, string> Places = new()
    {
        ["notifications"] = "notifications: {?}",
        ["notificationWebhook"] = "notifications: {\"webhook\": {?}}",
        ["notificationMail"] = "notifications: {\"mail\": {?}}",
        ["httpTest"] = "httpTest: {?}",
        ["httpVersion"] = $"httpTest: {{{Http}, \"version\": {{?}}}}",
        ["httpExpectations"] = $"httpTest: {{{Http}, \"version\": {{\"body\": true}}, \"expect\": {{?}}}}",
        ["httpSignature"] = $"httpTest: {{{Http}, \"version\": {{\"body\": true}}, \"signature\": {{?}}}}",
        ["logTest"] = "logTest: {?}",
        ["logCheck"] = "logTest: {\"checks\": [{?}]}",
        ["canary"] = "logTest: {\"canary\": {?}}",
        ["fileLog"] = "logTest: {\"source\": {\"provider\": \"file\", ?}}",
        ["commandLog"] = "logTest: {\"source\": {\"provider\": \"command\", ?}}",
        ["herokuLog"] = "logTest: {\"source\": {\"provider\": \"heroku\", ?}}",
        ["logglyLog"] = "logTest: {\"source\": {\"provider\": \"loggly\", ?}}",
        ["sshLog"] = "logTest: {\"source\": {\"provider\": \"ssh\", ?}}",
        ["dokkuLog"] = "logTest: {\"source\": {\"provider\": \"dokku\", ?}}",
        ["dockerLog"] = "logTest: {\"source\": {\"provider\": \"docker\", ?}}",
        ["metricsTest"] = "metricsTest: {?}",
        ["heartbeat"] = $"metricsTest: {{{Graphite}, \"heartbeat\": {{?}}}}",
        ["heartbeatCheck"] = $"metricsTest: {{{Graphite}, \"checks\": [{{\"heartbeat\": \"a\", ?}}]}}",
        ["thresholdCheck"] = $"metricsTest: {{{Graphite}, \"checks\": [{{\"threshold\": \"a\", ?}}]}}",
        ["compareCheck"] = $"metricsTest: {{{Graphite}, \"checks\": [{{\"compare\": \"a\", ?}}]}}",
        ["graphite"] = "metricsTest: {\"source\": {\"provider\": \"graphite\", ?}}",
        ["prometheus"] = "metricsTest: {\"source\": {\"provider\": \"prometheus\", ?}}",
    };

    private static IEnumerable<string> PlaceNames => Places.Keys;

    [TestCaseSource(nameof(PlaceNames))]
    public async Task Properties_OfADefinition_AreTheKeysThatTheToolKnows(string definition)
    {
        var known = KnownKeys().Match(await RefusalAsync(Places[definition].Replace("?", "\"misspelt\": 1", StringComparison.Ordinal)));

        // What a check is worth is read before the comparison reads its own keys.
        string[] more = definition == "compareCheck" ? ["role"] : [];
        Assert.That(known.Success, Is.True, "the tool says which keys it knows");
        Assert.That(known.Groups["keys"].Value.Split(", ").Concat(more), Is.EquivalentTo(Properties(definition).Select(pair => pair.Key)));
    }

    [TestCase("logSource", "logTest: {\"source\": {\"provider\": \"?\"}}")]
    [TestCase("metricSource", "metricsTest: {\"heartbeat\": \"a\", \"source\": {\"provider\": \"?\"}}")]
    public async Task Alternatives_OfASource_AreTheProvidersOfTheTool(string definition, string settings)
    {
        var refusal = await RefusalAsync(settings);
        var described = Definitions[definition]!["anyOf"]!.AsArray().Select(one => Referred(one!)).Where(name => name != "otherSource")
            .Select(name => Definitions[name]!["properties"]!["provider"]!["const"]!.GetValue<string>());

        Assert.That(KnownKeys().Match(refusal).Groups["keys"].Value.Split(", "), Is.EquivalentTo(described), refusal);
    }

    [Test]
    public void EveryDefinition_ThatTestsReferTo_IsHeldToTheTool()
    {
        var found = new HashSet<string>();
        var open = new Queue<string>(["notifications", "httpTest", "logTest", "metricsTest"]);
        while (open.TryDequeue(out var name))
        {
            if (found.Add(name))
            {
                foreach (var reference in References(Definitions[name]!))
                {
                    open.Enqueue(reference);
                }
            }
        }

        var withKeys = found.Where(name => Definitions[name]!["properties"] is not null && name != "otherSource");
        Assert.That(withKeys, Is.EquivalentTo(Places.Keys));
    }

    [Test]
    public void EveryProperty_SaysWhatItIsAndItsDefault()
    {
        foreach (var (definition, name, property) in Places.Keys.SelectMany(definition => Properties(definition).Select(pair => (definition, pair.Key, pair.Value!))))
        {
            var description = property["description"]?.GetValue<string>();
            Assert.That(description, Is.Not.Null.And.Length.GreaterThan(10), $"{definition}.{name}");

            var required = Definitions[definition]!["required"]?.AsArray().Any(one => one!.GetValue<string>() == name) == true;
            Assert.That(required || property["default"] is not null || description!.Contains("efault", StringComparison.Ordinal), Is.True, $"the default of {definition}.{name}");
        }
    }

    private static JsonObject Properties(string definition) => Definitions[definition]!["properties"]!.AsObject();

    private static string Referred(JsonNode node) => node["$ref"]!.GetValue<string>()["#/$defs/".Length..];

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject described => (described["$ref"] is null ? [] : new[] { Referred(described) }).Concat(described.SelectMany(pair => References(pair.Value))),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    private static async Task<string> RefusalAsync(string settings)
    {
        using var work = new Workspace();
        work.Config("{\"deploy\": [\"true\"], \"targets\": {\"live\": {\"" + settings.Insert(settings.IndexOf(':', StringComparison.Ordinal), "\"") + "}}}");
        var result = await work.RunAsync("validate");
        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        return result.Error;
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent;
        }

        return directory!.FullName;
    }

    [GeneratedRegex(@"Known: (?<keys>[^\n]*?)\.\s")]
    private static partial Regex KnownKeys();
}

using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class WerckerJsonProperties
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\"deploy\"", "\"targets\"", "\"p\"", "\"variables\"", "\"cmd\"", "\"log\"", "true", "null", "-1.5e3", "//", "/*", "*/",
        "\\", "\\u", "\\ud83d", "\n", "\r", "\t", " ", "'", "x", "é", "\ud83d", "\u0000", "\uFEFF", "#", "=", "1e999", "\"custom steps\"", "\"command-timeout\"",
    ];

    private static readonly string[] Samples =
    [
        """{"deploy": ["a", {"cmd": "b", "log": false}], "lang": "go", "services": {"redis": true}, "npm test": false}""",
        """{"customSteps": {"x": {"commands": ["a"], "runAlways": true}, "y": "b"}, "preScripts": {"g": ["c"]}, "root": "src",}""",
        """{"targets": {"p": {"provider": "heroku", "variables": {"A": "1"}, "secrets": ["B"], "log-test": {}, "app": [1, null]}}}""",
    ];

    /// <summary>The samples, and some real files where they are at hand.</summary>
    private static readonly Lazy<List<string>> MutationBases = new(() => RepositoryFiles.FindCorpus() is { } corpus
        ? [.. Samples, .. Directory.GetFiles(corpus, "*.json").Order().Take(40).Select(File.ReadAllText)]
        : [.. Samples]);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public void Parse_AnyBytes_NeverThrowsAnythingElse(byte[] bytes) => Survives(() => WerckerConfig.Parse(bytes.AsSpan()), null);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public void Parse_AnyFragments_FaultsInsideTheText(int[] picks)
    {
        var text = string.Concat(picks.Select(pick => Fragments[Index(pick, Fragments.Length)]));
        Survives(() => WerckerConfig.Parse(text), text);
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public void Parse_MutatedFile_FaultsInsideTheText(int sample, int at, int length, int pick)
    {
        var text = MutationBases.Value[Index(sample, MutationBases.Value.Count)];
        var start = Index(at, text.Length + 1);
        var removed = Math.Min(Index(length, 4), text.Length - start);
        text = text.Remove(start, removed).Insert(start, Fragments[Index(pick, Fragments.Length)]);
        Survives(() => WerckerConfig.Parse(text), text);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Parse_RenderedTree_GivesTheTreeBack(int seed)
    {
        var random = new Random(seed);
        var tree = RandomTree(random, 4);
        var (node, warnings) = ParseTree(Render(tree, random, false));

        Assert.That(JsonNode.DeepEquals(node.ToJson(), tree), Is.True);
        Assert.That(warnings, Is.Empty);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Parse_TrailingCommasAndComments_ChangeNothing(int seed)
    {
        var random = new Random(seed);
        var tree = RandomTree(random, 4);
        var (node, warnings) = ParseTree(Render(tree, random, true));

        Assert.That(JsonNode.DeepEquals(node.ToJson(), tree), Is.True);
        Assert.That(warnings, Has.Count.LessThanOrEqualTo(2), "one for comments, one for commas");
    }

    private static int Index(int value, int count) => (int)((uint)value % (uint)count);

    private static void Survives(Action parse, string? text)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            parse();
        }
        catch (ConfigurationException fault)
        {
            Assert.That(fault.Message, Does.StartWith($"wercker.json:{fault.Line}:{fault.Column}: error: "));
            if (text is not null)
            {
                var lines = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
                Assert.That(fault.Line, Is.InRange(1, lines.Length));
                Assert.That(fault.Column, Is.InRange(1, lines[fault.Line!.Value - 1].EnumerateRunes().Count() + 1));
            }
        }

        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(1000), "far more than any of these needs, for a machine that is busy");
    }

    private static (ConfigNode Node, List<ConfigurationDiagnostic> Warnings) ParseTree(string text)
    {
        var source = new SourceText("wercker.json", text);
        var warnings = new DiagnosticList(source);
        return (JsonParser.Parse(source, warnings), warnings.ToDiagnostics());
    }

    private static JsonNode? RandomTree(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(-1000, 1000) / 8m),
        3 or 4 => JsonValue.Create(RandomText(random)),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomTree(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create(RandomText(random) + i, RandomTree(random, depth - 1)))),
    };

    private static string RandomText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "a\"\\/\n\té日 /*,]}:".EnumerateRunes().Append(new Rune(0x1F600)).ElementAt(random.Next(15)).ToString()));

    private static string Render(JsonNode? node, Random random, bool lenient)
    {
        string Gap() => random.Next(lenient ? 6 : 4) switch { 0 => " ", 1 => "\r\n", 2 => "\t", 4 => "/* ,]} \" */", 5 => "// {\"[\n", _ => "" };
        string Comma(int count) => lenient && count > 0 && random.Next(2) == 0 ? Gap() + "," : "";
        string Inside(IReadOnlyCollection<string> parts) => string.Join(Gap() + ",", parts) + Comma(parts.Count) + Gap();
        var text = node switch
        {
            JsonObject map => "{" + Inside([.. map.Select(pair => Gap() + JsonValue.Create(pair.Key).ToJsonString() + Gap() + ":" + Render(pair.Value, random, lenient))]) + "}",
            JsonArray list => "[" + Inside([.. list.Select(item => Render(item, random, lenient))]) + "]",
            null => "null",
            _ => node.ToJsonString(),
        };
        return Gap() + text + Gap();
    }
}

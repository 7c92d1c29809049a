using System.Text.RegularExpressions;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

/// <summary>What docs/wercker-json.md shows is what the reader does.</summary>
public sealed class WerckerDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "wercker-json.md"));

    [Test]
    public void Examples_AreReadWithoutWarning()
    {
        var examples = Regex.Matches(Document, "```json\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToList();

        Assert.That(examples, Has.Count.GreaterThanOrEqualTo(4));
        Assert.That(examples.SelectMany(example => WerckerConfig.Parse(example).Warnings), Is.Empty);
    }

    [Test]
    public void EveryKey_IsExplained()
    {
        var keys = new[] { KnownKeys.File, KnownKeys.Target, KnownKeys.Command, KnownKeys.Step }
            .SelectMany(table => table.Keys)
            .SelectMany(key => key.OlderNames.Append(key.Name))
            .Except(["dependentOnFile"]);

        Assert.That(keys.Where(key => !Document.Contains($"`{key}`") && !Document.Contains($"\"{key}\"")), Is.Empty);
    }

    [TestCase("\n\n\n\n\n{\"x\": [\n      \"export GOPATH=$HOME/go\"\n\"y\"]}")]
    [TestCase("{\n\n  \"deploy\": [\"a\", \"b\", {\"cmd\": [\"c\"]}]\n}")]
    public void Faults_LookAsTheyAreShown(string text)
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(text));

        Assert.That(Document, Does.Contain(fault.Message));
    }

    [Test]
    public void Warnings_LookAsTheyAreShown() =>
        Assert.That(Document, Does.Contain(WerckerConfig.Parse("{\n\n\n  \"packagesk\": []}").Warnings.Single().ToString()));
}

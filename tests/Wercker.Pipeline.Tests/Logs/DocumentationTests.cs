using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Tests.Logs;

/// <summary>The tables of docs/log-tests.md.</summary>
public sealed class DocumentationTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Root(), "docs", "log-tests.md"));

    [Test]
    public void Keys_OfThePage_AreThoseThatAreRead() =>
        Assert.That(Rows("| key |").Select(row => row[0].Trim('`')), Is.EqualTo(LogTestSettings.TestKeys));

    [Test]
    public void TruthTable_OfThePage_IsTheOneThatJudges()
    {
        foreach (var row in Rows("| found |"))
        {
            foreach (var sight in Sights(row))
            {
                Assert.That(LogVerdict.Of(sight).ToString().ToLowerInvariant(), Is.EqualTo(row[6]), string.Join(" | ", row));
            }
        }

        Assert.That(Rows("| found |").Select(row => row[6]), Is.EquivalentTo(Enum.GetNames<LogOutcome>().Select(name => name.ToLowerInvariant())));
    }

    /// <summary>Every combination that a row stands for.</summary>
    private static IEnumerable<LogSight> Sights(string[] row) =>
        Enumerable.Range(0, 64)
            .Select(bits => Enumerable.Range(0, 6).Select(i => (bits & (1 << i)) != 0).ToArray())
            .Where(flags => flags.Zip(row).All(pair => pair.Second == "any" || pair.Second == (pair.First ? "yes" : "no")))
            .Select(flags => new LogSight(flags[0], flags[1], flags[2], flags[3], flags[4], flags[5]));

    private static IEnumerable<string[]> Rows(string head) => Page
        .SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());

    private static string Root()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}

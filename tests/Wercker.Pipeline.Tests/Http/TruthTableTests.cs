using Wercker.Pipeline.Tests.Configuration;

namespace Wercker.Pipeline.Tests.Http;

/// <summary>The table of docs/http-test.md, row by row, against an application on a real socket.</summary>
public sealed class TruthTableTests
{
    private static IEnumerable<TestCaseData> Rows => File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "docs", "http-test.md"))
        .SkipWhile(line => !line.StartsWith("| the tries see |", StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => new TestCaseData(cells[0], Enum.Parse<StepStatus>(cells[1]), cells[2].Trim('`')));

    [TestCaseSource(nameof(Rows))]
    public async Task HttpTest_Schedule_EndsAsTheTableSays(string schedule, StepStatus status, string words)
    {
        var report = await HttpTestRunner.RunAsync(schedule.Split(", "));

        Assert.That(report.Status, Is.EqualTo(status), report.Message);
        Assert.That(report.Message, Does.Contain(words));
        Assert.That(report.Evidence.Single().Kind, Is.EqualTo("http"));
    }

    [Test]
    public void Table_OfTheDocumentation_HasRowsOfEveryVerdict() => Assert.That(
        Rows.Select(row => (StepStatus)row.Arguments[1]!).Distinct(), Is.EquivalentTo(new[] { StepStatus.Succeeded, StepStatus.Failed, StepStatus.Inconclusive }));
}

using System.Text;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Reports;

public sealed class MarkdownReportTests
{
    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileReports)], MaxTest = 200)]
    public void WriteMarkdown_HostileTexts_AddNoStructure(DeployReport report)
    {
        string? fence = null;
        foreach (var line in Write(report).Split('\n'))
        {
            if (fence is not null)
            {
                fence = line == fence ? null : fence;
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                Assert.That(line, Does.EndWith("text"));
                fence = line[..^4];
            }
            else
            {
                var bare = line.Replace("<details><summary>", "", StringComparison.Ordinal).Replace("</summary>", "", StringComparison.Ordinal)
                    .Replace("</details>", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);
                Assert.That(bare, Does.Not.Contain("<").And.Not.Contain("`").And.Not.Contain("[").And.Not.Contain("@").And.Not.Contain("\u001b"));
                if (line.StartsWith('|'))
                {
                    Assert.That(line.Count(c => c == '|'), Is.EqualTo(6).Or.EqualTo(4).Or.EqualTo(3));
                }
            }
        }

        Assert.That(fence, Is.Null, "every block is closed by its own fence");
    }

    [Test]
    public void WriteMarkdown_FailedDeployment_SaysTheVerdictFirst()
    {
        var lines = Write(DeployReport.FromEvents(ReportSamples.Failed())).Split('\n');

        Assert.Multiple(() =>
        {
            Assert.That(lines[0], Is.EqualTo("# ❌ Failed: shop a1b2c3d to production"));
            Assert.That(lines[4], Is.EqualTo("**Root cause:** canary/PostDeployTest: Exit code 1 of: curl &#36;URL &#124; grep welcome"));
            Assert.That(lines[6], Is.EqualTo("**Target:** Put back: every started step was undone."));
            Assert.That(lines, Has.Member("| ✅ | Push | Succeeded | 30 s | Pushed. |"));
            Assert.That(lines, Has.Member("| ✅ | Push | Succeeded | 3.0 s | Rolled back to v41. |"));
            Assert.That(lines, Has.Member("- Push: The build cache is full."));
            Assert.That(lines, Has.Member("| API&#95;KEY | &#42;&#42;&#42; |"));
        });
    }

    [Test]
    public void WriteMarkdown_HugeReport_StaysUnderTheLimitOfStepSummaries()
    {
        var text = string.Concat(Enumerable.Repeat("`|<日", 50_000));
        var step = new StepReport { Name = text, Status = StepStatus.Failed, Message = text, Error = text, Evidence = [new Evidence("text", text) { Text = text }] };
        var report = DeployReport.FromEvents(ReportSamples.Failed()) with
        {
            Steps = [.. Enumerable.Repeat(step, 500)],
            Reverts = [.. Enumerable.Repeat(step, 500)],
            Warnings = [.. Enumerable.Repeat(text, 500)],
            Environment = new OrderedDictionary<string, string>(Enumerable.Range(0, 2000).Select(i => KeyValuePair.Create($"V{i}", text))),
        };

        var markdown = Write(report);

        Assert.That(Encoding.UTF8.GetByteCount(markdown), Is.LessThan(1_000_000));
        Assert.That(markdown, Does.Contain("more in report.json"));
    }

    private static string Write(DeployReport report)
    {
        using var output = new MemoryStream();
        report.WriteMarkdown(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}

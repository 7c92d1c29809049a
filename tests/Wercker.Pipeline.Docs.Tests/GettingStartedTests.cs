using Wercker.Pipeline.Docs.Tests.Regions;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The code of docs/getting-started.md, run on a small project.</summary>
public sealed class GettingStartedTests
{
    private readonly string _work = Directory.CreateTempSubdirectory("docs-start-").FullName;

    [TearDown]
    public void RemoveWork() => Directory.Delete(_work, recursive: true);

    [Test]
    public async Task Deploy_GoodProject_SucceedsAndReports()
    {
        var report = await DeployAsync(test: "grep new \"$LIVE\"");

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
        Assert.That(await File.ReadAllTextAsync(Live), Is.EqualTo("new production\n"));
        Assert.That(Directory.GetFiles(Path.Combine(_work, "reports")).Select(Path.GetFileName), Is.SupersetOf(new[] { "report.html", "report.json", "deploy.log" }));
        var everything = string.Concat(Directory.GetFiles(Path.Combine(_work, "reports")).Select(File.ReadAllText));
        Assert.That(everything, Does.Contain("key is ***").And.Not.Contain("s3cret-key"));
    }

    [Test]
    public async Task Deploy_TestFails_RunsTheRollback()
    {
        var report = await DeployAsync(test: "grep old \"$LIVE\"");

        Assert.That(report.RootCause?.Name, Is.EqualTo("PostDeployTest"), report.Summary);
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
        Assert.That(await File.ReadAllTextAsync(Live), Is.EqualTo("old\n"));
    }

    [Test]
    public void Plan_OfAPipeline_SaysWhatRunsAndWhatIsMissing()
    {
        var pipeline = new DeployPipelineBuilder("shop").RequireVariable("SHOP_KEY").AddWerckerFlow().Build();

        var lines = GettingStarted.Plan(pipeline, new DeployRequest("shop", "1"));

        Assert.That(lines, Does.Contain("Push: skipped, because the target takes no push").And.Contain("missing: SHOP_KEY"));
    }

    private string Live => Path.Combine(_work, "live");

    private async Task<DeployReport> DeployAsync(string test)
    {
        var project = Directory.CreateDirectory(Path.Combine(_work, "project")).FullName;
        await File.WriteAllTextAsync(Live, "old\n");
        await File.WriteAllTextAsync(Path.Combine(project, "previous-release.sh"), $"#!/bin/bash\necho old > '{Live}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(project, "previous-release.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await File.WriteAllTextAsync(Path.Combine(project, "wercker.json"), $$"""
            {
              "pre-deploy": ["export LIVE='{{Live}}'"],
              "deploy": ["echo \"new $STAGE\" > \"$LIVE\"", "echo \"key is $SHOP_KEY\""],
              "post-deploy test": ["{{test.Replace("\"", "\\\"", StringComparison.Ordinal)}}"]
            }
            """);
        return await GettingStarted.DeployAsync(project, Path.Combine(_work, "reports"), "s3cret-key", CancellationToken.None);
    }
}
